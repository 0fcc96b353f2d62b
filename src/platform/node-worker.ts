/** Entry of a Node worker thread. */
import { parentPort } from 'node:worker_threads';
import { openJob } from '../fit/batch-worker.js';
import { serveTasks } from './serve-tasks.js';

const port = parentPort!;
port.on('message', serveTasks(openJob, (message, transfer) => { port.postMessage(message, transfer as ArrayBuffer[]); }));
