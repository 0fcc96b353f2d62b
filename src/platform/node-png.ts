/** SVG into PNG by the optional package `@resvg/resvg-js`, which has builds for the usual systems and draws text with their fonts. */
import type { Resvg as Renderer } from '@resvg/resvg-js';
import { OptionError } from '../errors.js';

/** What stands for a family that the system has not: the usual one without serifs on Linux, where Arial and Helvetica are missing. */
const LINUX_FONT = 'DejaVu Sans';

/**
 * The bytes of a PNG file.
 * @param svg text of an SVG file that needs no other, as `modelPlots` makes them
 * @param width in pixels; the height follows
 * @throws OptionError where the package is not installed or the text is no SVG.
 */
export async function svgToPng(svg: string, width: number): Promise<Uint8Array> {
  let Resvg: typeof Renderer;
  try {
    ({ Resvg } = await import('@resvg/resvg-js'));
  } catch {
    throw new OptionError('PNG files need the optional package @resvg/resvg-js; install it, or write SVG files');
  }
  try {
    return new Resvg(svg, { fitTo: { mode: 'width', value: width }, font: { loadSystemFonts: true, defaultFontFamily: LINUX_FONT } }).render().asPng();
  } catch (error) {
    throw new OptionError(`the text is no SVG that can be drawn: ${error instanceof Error ? error.message : String(error)}`);
  }
}
