/** Where studies are computed: what there is, and the switch. */
import type { BackendChoice } from '../index.js';
import { el, field, select } from './dom.js';
import type { Engine } from './engine.js';
import type { Computing } from './studies-page.js';

export function computingBar(engine: Engine): Computing & { readonly element: HTMLElement } {
  const backend = select([['auto', 'automatic'], ['webgpu', 'WebGPU (float32)'], ['cpu', 'float64 workers']], 'auto');
  const words = el('p', { class: 'soft', id: 'devices' }, 'Looking for a graphics card …');
  engine.ask('devices', null).then(({ cores, adapter, chosen }) => {
    words.textContent = `WebGPU: ${adapter} · float64: ${cores} ${cores === 1 ? 'worker' : 'workers'} · automatic takes ${chosen === 'webgpu' ? 'WebGPU' : 'float64'}`;
  }, () => { words.textContent = 'The engine could not be asked for its devices.'; });
  return { element: el('div', { class: 'row computing' }, field('Studies computed on', backend), words), backend: () => backend.value as BackendChoice };
}
