// A software Vulkan device (SwiftShader) for machines without a GPU, unpacked from a package of the registry: no root, no download.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

const CACHE = fileURLToPath(new URL('../.cache/', import.meta.url));
/** Debian's chromium carries the same two libraries. */
const DEBIAN = '/usr/lib/chromium';

/** Unpacks one of the package's archives once; an interrupted unpacking leaves nothing that looks finished. */
function unpack(archive, folder) {
  const target = join(CACHE, folder);
  if (existsSync(target)) return target;
  const part = `${target}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const tar = join(part, 'archive.tar');
  writeFileSync(tar, brotliDecompressSync(readFileSync(archive)));
  execFileSync('tar', ['xf', tar, '-C', part]);
  rmSync(tar);
  renameSync(part, target);
  return target;
}

/** Folder of the package's archives, or null when it is not installed. */
function packageArchives() {
  try {
    const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
    let folder = dirname(entry);
    while (!existsSync(join(folder, 'bin', 'swiftshader.tar.br'))) {
      if (folder === dirname(folder)) return null;
      folder = dirname(folder);
    }
    return join(folder, 'bin');
  } catch {
    return null;
  }
}

/**
 * Environment that makes Dawn find SwiftShader; it must be set before the process starts. `{ unavailable }` says why there is none.
 */
export function softwareAdapter() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { unavailable: `no software adapter for ${process.platform} ${process.arch}; a real one is used where there is one` };
  }
  const archives = packageArchives();
  const folder = archives !== null ? unpack(join(archives, 'swiftshader.tar.br'), 'swiftshader')
    : existsSync(join(DEBIAN, 'vk_swiftshader_icd.json')) ? DEBIAN : null;
  if (folder === null) return { unavailable: 'the development dependency @sparticuz/chromium is not installed' };
  const icd = join(folder, 'vk_swiftshader_icd.json');
  const path = process.env.LD_LIBRARY_PATH;
  return { env: { VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd, LD_LIBRARY_PATH: path === undefined ? folder : `${folder}:${path}` } };
}

/** A headless Chromium with its libraries: `{ executable, env }` or `{ unavailable }`. */
export function headlessChromium() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { unavailable: `no bundled browser for ${process.platform} ${process.arch}` };
  const archives = packageArchives();
  if (archives === null) return { unavailable: 'the development dependency @sparticuz/chromium is not installed' };
  const libraries = join(unpack(join(archives, 'al2023.tar.br'), 'libraries'), 'lib');
  const vulkan = unpack(join(archives, 'swiftshader.tar.br'), 'swiftshader');
  const executable = join(vulkan, 'chromium');
  if (!existsSync(executable)) {
    writeFileSync(`${executable}.part`, brotliDecompressSync(readFileSync(join(archives, 'chromium.br'))), { mode: 0o755 });
    renameSync(`${executable}.part`, executable);
  }
  return { executable, env: { LD_LIBRARY_PATH: `${libraries}:${vulkan}` } };
}
