/** Environment that makes Dawn find a software adapter, or why there is none. */
export function softwareAdapter(): { readonly env?: Readonly<Record<string, string>>; readonly unavailable?: string };
/** A headless Chromium with its libraries, or why there is none. */
export function headlessChromium(): {
  readonly executable?: string; readonly env?: Readonly<Record<string, string>>; readonly unavailable?: string;
};
