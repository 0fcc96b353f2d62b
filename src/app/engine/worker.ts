/** The engine's side of the page: answers requests. Those that compute take turns, in the order in which they came. */
import { GlmmError } from '../../index.js';
import { chooseDevice } from '../../report/format-devices.js';
import { coreCount, getGpu } from '#platform';
import { reportAdapter } from '../../gpu/device.js';
import type { DeviceView, FromEngine, RequestName, Requests, ToEngine } from '../messages.js';
import { check, open, retype } from './data-requests.js';
import { file } from './files.js';
import { compare, examine, fit, forget, modes, restore, save } from './model-requests.js';
import type { Context } from './session.js';
import { bootstrap, forgetStudies, influence, lrt, power, watch } from './study-requests.js';

type Handlers = { readonly [K in RequestName]: (ask: Requests[K]['ask'], context: Context) => Requests[K]['answer'] | Promise<Requests[K]['answer']> };

const HANDLERS: Handlers = {
  devices, open, retype, check, fit, modes, examine, compare, save, restore, bootstrap, lrt, power, influence, watch, file,
  forget(ask) {
    forgetStudies(ask.model);
    return forget(ask);
  },
};

/** Answered while another request is at work. */
const AT_ONCE: ReadonlySet<RequestName> = new Set(['watch', 'file', 'devices', 'check', 'modes']);

const running = new Map<number, AbortController>();
let turn: Promise<unknown> = Promise.resolve();

self.onmessage = ({ data: message }: MessageEvent<ToEngine>) => {
  if (message.kind === 'ping') {
    self.postMessage({ kind: 'alive' } satisfies FromEngine);
    return;
  }
  if (message.kind === 'cancel') {
    running.get(message.id)?.abort(new GlmmError('cancelled'));
    return;
  }
  const abort = new AbortController();
  running.set(message.id, abort);
  const work = (): Promise<void> => answer(message.id, message.kind, message.ask, abort.signal);
  if (AT_ONCE.has(message.kind)) void work();
  else turn = turn.then(work);
};

async function answer<K extends RequestName>(id: number, kind: K, ask: Requests[K]['ask'], signal: AbortSignal): Promise<void> {
  const post = (message: FromEngine) => { self.postMessage(message); };
  try {
    // It may have been cancelled while it waited for its turn.
    signal.throwIfAborted();
    const result = await HANDLERS[kind](ask, { signal, tell: (tidings) => { post({ id, ...tidings }); } });
    signal.throwIfAborted();
    post({ id, kind: 'done', answer: result });
  } catch (error) {
    post({ id, kind: 'failed', message: messageOf(error), mistake: error instanceof Error ? error.name : 'Error' });
  } finally {
    running.delete(id);
  }
}

/** What went wrong, in words; an engine that has no memory left does not say what to do. */
function messageOf(error: unknown): string {
  if (error instanceof RangeError && /alloc|memory|array|length/i.test(error.message)) {
    return 'the browser has no memory for this: leave out columns, rows or levels, or use the command line';
  }
  return error instanceof Error ? error.message : String(error);
}

async function devices(): Promise<DeviceView> {
  const gpu = await getGpu();
  const adapter = 'unavailable' in gpu ? gpu : await reportAdapter(gpu);
  return {
    cores: coreCount(), chosen: chooseDevice(adapter).chosen,
    adapter: 'unavailable' in adapter ? `none (${adapter.unavailable})` : `${adapter.description}${adapter.software ? ' (software, for tests)' : ''}`,
  };
}
