/** Property tests draw the same cases in every run, so that a change is judged by what it does; GLMMGPU_PROPERTY_SEED=n has them draw others. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.GLMMGPU_PROPERTY_SEED ?? 1) });
