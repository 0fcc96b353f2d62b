/** The connection to Redis. BullMQ and ioredis are optional packages: nothing else of the program loads them. */
import type { Redis } from 'ioredis';
import { GlmmError, OptionError } from '../errors.js';

/** A Redis server, or a queue on it, that cannot be used; the message says which and why. */
export class QueueError extends GlmmError {
  override name = 'QueueError';
}

const CONNECT_MILLISECONDS = 5000;
/** Longest pause between attempts to reach a server that was there before. */
const LONGEST_PAUSE = 5000;

/**
 * Connects to a server and tries it. A connection that breaks later is made again, however long that takes.
 * @param url `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS
 * @throws OptionError for anything else; QueueError when there is no server or it refuses.
 */
export async function connectRedis(url: string): Promise<Redis> {
  const place = checkUrl(url);
  const { Redis } = await optional(() => import('ioredis'));
  let established = false;
  let latest: unknown;
  const redis = new Redis(url, {
    lazyConnect: true, connectTimeout: CONNECT_MILLISECONDS,
    // What BullMQ asks for: commands wait for the connection to come back.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (established ? Math.min(200 * times, LONGEST_PAUSE) : null),
  });
  redis.on('error', (error) => { latest = error; });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    throw new QueueError(`cannot use Redis at ${place}: ${reason([latest, error])}; check the address and the password (--redis, or GLMMGPU_REDIS in the environment)`);
  }
  established = true;
  return redis;
}

/** Loads a package that may not be installed. */
export async function optional<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new QueueError('the queue needs the packages bullmq and ioredis, which are not installed; npm install bullmq ioredis');
  }
}

/** The address without the password. */
function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw new OptionError('the address of Redis is written redis://host:port or redis://user:password@host:port; check --redis');
  }
  return `${url.protocol}//${url.host}`;
}

function reason(errors: readonly unknown[]): string {
  const messages = errors.flatMap((error) => {
    const { code, message } = (error ?? {}) as { code?: string; message?: string };
    if (code === 'ECONNREFUSED') return ['nothing listens there'];
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return ['there is no such host'];
    if (code === 'ETIMEDOUT') return ['no answer'];
    if (/WRONGPASS|invalid password/.test(message ?? '')) return ['wrong user name or password'];
    if (/NOAUTH/.test(message ?? '')) return ['it asks for a password'];
    return message === undefined ? [] : [message];
  });
  return messages[0] ?? 'no answer';
}
