// A worker whose tasks say what to do; built code, because workers run JavaScript.
import { parentPort, threadId } from 'node:worker_threads';
import { DataError } from '../../dist/errors.js';
import { serveTasks } from '../../dist/platform/serve-tasks.js';

const opened = [];
parentPort.on('message', serveTasks((context) => {
  if (context === 'unusable') throw new DataError('no such context', { column: 'x', row: 3 });
  opened.push(context);
  return {
    async run(task) {
      switch (task.kind) {
        case 'echo':
          return { result: { context, value: task.value, threadId, opened: [...opened] }, transfer: [] };
        case 'double': {
          const numbers = task.numbers.map((x) => 2 * x);
          return { result: numbers, transfer: [numbers.buffer] };
        }
        case 'fail':
          throw new DataError('row 7 of x is bad', { column: 'x', row: 7 });
        case 'die':
          process.exit(3);
          break;
        case 'die-unless': {
          // A second worker finds the flag that the first one left.
          const flags = new Int32Array(task.flags);
          if (Atomics.add(flags, 0, 1) === 0) process.exit(4);
          return { result: 'done at the second attempt', transfer: [] };
        }
        case 'spin':
          for (;;);
      }
    },
    close() {
      opened.splice(opened.indexOf(context), 1);
    },
  };
}, (message, transfer) => parentPort.postMessage(message, transfer)));
