#!/usr/bin/env node
/** Entry of the command line: everything is in `run.ts`, so that nothing happens on import elsewhere. */
import { run } from './run.js';

process.exitCode = await run(process.argv.slice(2));
