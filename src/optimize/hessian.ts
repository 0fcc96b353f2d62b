/**
 * Hessian of −log-likelihood by central differences of the analytic gradient, all models and all shifts as one batch.
 */
import type { Surface } from './quasi-newton.js';

/** Step in units of a parameter's approximate standard error: float64, where rounding is 1e-13 of a gradient. */
const STEP_F64 = 1e-3;
/** float32: the gradient's noise of about 1e-6 asks for a long step, whose truncation error the four-point rule removes. */
const STEP_F32 = 0.1;
const NOISY = 1e-9;

/**
 * @param params count × k points; @param scale count × k approximate standard errors (steps follow them);
 * @param held count × k flags or null: rows and columns of held parameters are those of the identity.
 * @returns count × k × k symmetric matrices; NaN where a gradient did not exist.
 */
export async function hessian(
  surface: Surface, count: number, params: Float64Array, scale: Float64Array, held: Uint8Array | null,
): Promise<Float64Array> {
  const k = surface.nParams;
  const noisy = surface.valueNoise > NOISY;
  const shifts = noisy ? [-2, -1, 1, 2] : [-1, 1];
  const coefficients = noisy ? [1 / 12, -8 / 12, 8 / 12, -1 / 12] : [-0.5, 0.5];
  const length = noisy ? STEP_F32 : STEP_F64;
  const out = new Float64Array(count * k * k);
  const models = Int32Array.from({ length: count }, (_, b) => b);
  const value = new Float64Array(count);
  const gradient = new Float64Array(count * k);
  for (let j = 0; j < k; j++) {
    for (let s = 0; s < shifts.length; s++) {
      const point = params.slice(0, count * k);
      for (let b = 0; b < count; b++) point[b * k + j]! += shifts[s]! * length * scale[b * k + j]!;
      await surface.evaluate({ count, models, params: point, value, gradient, keepModes: false });
      for (let b = 0; b < count; b++) {
        // Without a value there is no gradient, whatever the array holds.
        const factor = Number.isFinite(value[b]!) ? -coefficients[s]! / (length * scale[b * k + j]!) : NaN;
        for (let i = 0; i < k; i++) out[(b * k + i) * k + j]! += factor * gradient[b * k + i]!;
      }
    }
  }
  for (let b = 0; b < count; b++) {
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) {
        const mean = 0.5 * (out[(b * k + i) * k + j]! + out[(b * k + j) * k + i]!);
        out[(b * k + i) * k + j] = out[(b * k + j) * k + i] = mean;
      }
    }
    if (held === null) continue;
    for (let i = 0; i < k; i++) {
      if (!held[b * k + i]) continue;
      for (let j = 0; j < k; j++) out[(b * k + i) * k + j] = out[(b * k + j) * k + i] = i === j ? 1 : 0;
    }
  }
  return out;
}
