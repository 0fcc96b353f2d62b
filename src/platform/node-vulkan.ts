/** Whether Dawn will find Vulkan. Without the loader it writes a warning of its own to stderr, which nothing in JavaScript can hold back. */

/** The name under which every Linux distribution installs the Vulkan loader; Dawn asks for the same one. */
const LOADER = 'libvulkan.so.1';

/** Null where WebGPU may be tried, else what is missing. Only Linux is asked: elsewhere Dawn uses the system's own graphics. */
export function missingVulkan(): string | null {
  if (process.platform !== 'linux') return null;
  try {
    process.dlopen({ exports: {} }, LOADER);
    return null;
  } catch (error) {
    // A library that is there but no addon of Node fails too, later and with another message.
    const absent = error instanceof Error && error.message.includes('cannot open shared object file');
    return absent ? `the Vulkan loader (${LOADER}) is not installed` : null;
  }
}
