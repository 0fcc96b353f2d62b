/**
 * `npm run bundle:offline`: one archive for a machine of this platform without network, Node or installs: this Node binary, the build,
 * shaders, example data, benches, the packages they need and Dawn for this platform. Below 60 MB or it fails.
 * Options: --out FOLDER (default .offline).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { softwareAdapter } from './software-adapter.mjs';

const LIMIT_MB = 60;
/** Development dependencies that the benches import. */
const BENCH_PACKAGES = ['tinybench', 'gpu.js', 'gpu-mock.js', 'gpu.js/node_modules/acorn'];
/** A binary smaller than this has its engine in a shared library, which would be missing over there. */
const SMALLEST_NODE_MB = 40;

const root = fileURLToPath(new URL('../', import.meta.url));
const { values: options } = parseArgs({ options: { out: { type: 'string', default: join(root, '.offline') } } });
if (process.platform === 'win32') throw new Error('the bundle starts by shell scripts; make it on Linux or macOS');
if (statSync(process.execPath).size < SMALLEST_NODE_MB * 1e6) {
  throw new Error(`${process.execPath} is not a self-contained Node; run this script with one from nodejs.org`);
}
const target = `${process.platform}-${process.arch}`;
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const name = `glmmgpu-${version}-${target}`;
const folder = join(resolve(options.out), name);
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, 'bin'), { recursive: true });

/** What running needs not: source maps, type declarations, C sources, bundles for pages, Dawn for other platforms. */
const dawn = join('node_modules', 'webgpu', 'dist');
const wanted = (path) => {
  if (/\.(map|d\.[cm]?ts|c|h)$/.test(path)) return false;
  if (path === join(root, 'bench', 'results') || path === join(root, 'node_modules', 'gpu.js', 'dist')) return false;
  const platform = path.startsWith(join(root, dawn) + '/') ? path.slice(join(root, dawn).length + 1).split('/')[0] : null;
  return platform === null || platform === target || (process.platform === 'darwin' && platform === 'darwin-universal');
};
const copy = (path, filter = wanted) => { cpSync(join(root, path), join(folder, path), { recursive: true, dereference: true, filter }); };
for (const path of ['dist', 'shaders', 'data', 'bench', 'package.json', 'LICENSE', 'test/fixtures/fits', 'test/fixtures/data']) copy(path);
for (const path of packages()) copy(path, (file) => wanted(file) && (file === join(root, path) || basename(file) !== 'node_modules'));

cpSync(process.execPath, join(folder, 'bin', 'node'));
chmodSync(join(folder, 'bin', 'node'), 0o755);
// Symbols are for debuggers; from Node 22 on they are what makes the archive too large. macOS signs binaries, stripped ones do not start.
const stripped = process.platform === 'linux' && spawnSync('strip', ['--strip-all', join(folder, 'bin', 'node')]).status === 0;
const loader = vulkanLoader();
if (loader !== null) {
  mkdirSync(join(folder, 'lib'));
  cpSync(loader, join(folder, 'lib', 'libvulkan.so.1'));
}
script('glmmgpu', 'exec "$here/bin/node" "$here/dist/cli/main.js" "$@"');
script('glmmgpu-bench', 'name=${1:-speed}; [ $# -gt 0 ] && shift\nexec "$here/bin/node" "$here/bench/$name.mjs" "$@"');
writeFileSync(join(folder, 'README.txt'), `glmmgpu ${version} for ${target}: needs no network, no Node and no installation.

  bin/glmmgpu devices
  bin/glmmgpu fit data/cbpp.csv --formula 'cbind(incidence, size - incidence) ~ period + (1 | herd)' --family binomial --types period=factor
  bin/glmmgpu-bench gpu          results in bench/results, or in the folder that GLMMGPU_RESULTS names
  bin/glmmgpu-bench speed        also: peers (with Rscript), rows (against gpu.js), accuracy

WebGPU needs the driver of the graphics card. Where it is not found, name its ICD file: VK_DRIVER_FILES=/path/to/nvidia_icd.json.
`);

const archive = join(dirname(folder), `${name}.tar.gz`);
const tar = join(dirname(folder), `${name}.tar`);
execFileSync('tar', ['-cf', tar, '-C', dirname(folder), name]);
await pipeline(createReadStream(tar), createGzip({ level: 6 }), createWriteStream(archive));
rmSync(tar);
rmSync(folder, { recursive: true });
const megabytes = statSync(archive).size / 1e6;
console.log(`${archive}: ${megabytes.toFixed(1)} MB`);
if (megabytes > LIMIT_MB) {
  throw new Error(`the archive has ${megabytes.toFixed(1)} MB, more than ${LIMIT_MB}${stripped ? '' : '; with `strip` (binutils) or Node 20 it is smaller'}`);
}

/** Folders of the packages that the program and its benches load, from the lock file. */
function packages() {
  const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const bench = BENCH_PACKAGES.map((one) => `node_modules/${one}`);
  return Object.entries(locked)
    .filter(([path, { dev }]) => path.startsWith('node_modules/') && (dev !== true || bench.includes(path)) && existsSync(join(root, path)))
    .map(([path]) => path);
}

/** A Vulkan loader for machines that have a driver but no loader; null where there is none to take along. */
function vulkanLoader() {
  const { env } = softwareAdapter();
  const file = env === undefined ? '' : join(dirname(env.VK_ICD_FILENAMES), 'libvulkan.so.1');
  return existsSync(file) ? file : null;
}

function script(file, command) {
  const path = join(folder, 'bin', file);
  writeFileSync(path, `#!/bin/sh
here=$(cd "\${0%/*}/.." && pwd)
# The system's Vulkan loader, if it has one, is the better one.
if [ -e "$here/lib/libvulkan.so.1" ]; then
  for file in /usr/lib/libvulkan.so.1 /usr/lib64/libvulkan.so.1 /usr/lib/*-linux-gnu/libvulkan.so.1; do
    [ -e "$file" ] && found=1
  done
  [ -z "$found" ] && export LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/lib"
fi
${command}
`);
  chmodSync(path, 0o755);
}
