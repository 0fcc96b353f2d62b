/**
 * Whether Dawn will find Vulkan. Without the loader it writes a warning to stderr, and so do drivers without hardware (Mesa's, which many machines
 * have installed); nothing in JavaScript can hold that back.
 */
import { readdirSync } from 'node:fs';

/** The name under which every Linux distribution installs the Vulkan loader; Dawn asks for the same one. */
const LOADER = 'libvulkan.so.1';
/** Where Linux shows graphics hardware: the kernel's own drivers, NVIDIA's, Windows' under WSL, and those of ARM boards. */
const DEVICE_NODES: readonly (readonly [folder: string, name: RegExp])[] = [
  ['/dev/dri', /^renderD/], ['/dev', /^(nvidia\d|nvhost|nvgpu|dxg$|mali|kgsl)/],
];
/** Variables by which a user chooses drivers; those are tried whatever the hardware. */
const CHOSEN_DRIVERS = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES'];

/**
 * Null where WebGPU may be tried, else what is missing. Only Linux is asked: elsewhere Dawn uses the system's own graphics.
 * @param hardwareOnly whether a driver without hardware is of no use
 */
export function missingVulkan(hardwareOnly: boolean): string | null {
  if (process.platform !== 'linux') return null;
  if (hardwareOnly && !CHOSEN_DRIVERS.some((name) => process.env[name] !== undefined) && !hasDeviceNode()) {
    return 'this machine shows no graphics device (in /dev/dri or as /dev/nvidia*)';
  }
  try {
    process.dlopen({ exports: {} }, LOADER);
    return null;
  } catch (error) {
    // A library that is there but no addon of Node fails too, later and with another message.
    const absent = error instanceof Error && error.message.includes('cannot open shared object file');
    return absent ? `the Vulkan loader (${LOADER}) is not installed` : null;
  }
}

function hasDeviceNode(): boolean {
  return DEVICE_NODES.some(([folder, name]) => {
    try {
      return readdirSync(folder).some((entry) => name.test(entry));
    } catch {
      return false;
    }
  });
}
