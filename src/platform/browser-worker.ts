/** Entry of a web worker. */
import { openJob } from '../fit/batch-worker.js';
import { serveTasks } from './serve-tasks.js';
import type { ToWorker } from './worker-messages.js';

const receive = serveTasks(openJob, (message, transfer) => { self.postMessage(message, { transfer: transfer as Transferable[] }); });
self.onmessage = (event: MessageEvent<ToWorker>) => { receive(event.data); };
