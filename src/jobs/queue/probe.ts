import { type NerError, usageError } from '../../error.ts';
import { queueUnavailable } from './backend-errors.ts';
import type { QueueAddress } from './queue-address.ts';

/** The parts of ioredis and pg that are used here; their own types are missing where they are not installed. */
interface RedisPackage {
  readonly Redis: new (url: string, options: object) => RedisClient;
}
interface RedisClient {
  on(event: 'error', listener: (error: Error) => void): unknown;
  connect(): Promise<unknown>;
  ping(): Promise<unknown>;
  disconnect(): void;
}
interface PostgresPackage {
  readonly default: { readonly Client: new (options: object) => PostgresClient };
}
interface PostgresClient {
  on(event: 'error', listener: (error: Error) => void): unknown;
  connect(): Promise<unknown>;
  end(): Promise<unknown>;
}

/** Longest wait for a server's first word, in milliseconds. */
const connectTimeoutMs = 10_000;

/**
 * Finds out whether a server answers and lets us in, without trying again.
 * @throws {NerError} `queue-unavailable`, or `usage` for a user, password or database that is refused.
 */
export async function probeRedis(loaded: unknown, address: QueueAddress): Promise<void> {
  const { Redis } = loaded as RedisPackage; // its peer's range is in package.json
  const client = new Redis(address.url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: connectTimeoutMs,
    maxRetriesPerRequest: 0,
  });
  let first: unknown;
  client.on('error', (error) => {
    first ??= error; // those after it only say that the connection is closed
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw refusal(address, first ?? error);
  } finally {
    client.disconnect();
  }
}

/** The same of PostgreSQL. */
export async function probePostgres(loaded: unknown, address: QueueAddress): Promise<void> {
  const { Client } = (loaded as PostgresPackage).default; // its peer's range is in package.json
  const client = new Client({ connectionString: address.url, connectionTimeoutMillis: connectTimeoutMs });
  client.on('error', () => undefined); // after the answer, nothing is expected of it
  try {
    await client.connect();
  } catch (error) {
    throw refusal(address, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Codes of PostgreSQL and beginnings of Redis' errors that say who may not, or that there is no such database. */
const refused = /^(?:28\w{3}|3D000)$|WRONGPASS|NOAUTH|NOPERM|DB index is out of range|without any password configured/;

function refusal(address: QueueAddress, error: unknown): NerError {
  const { code = '', message } = error instanceof Error ? (error as Error & { code?: string }) : { message: String(error) }; // of Node and pg
  if (!refused.test(code) && !refused.test(message)) return queueUnavailable(address, error);
  const reason = message.startsWith('NOAUTH') ? 'it wants a password' : address.redact(message); // Redis then lectures on its protocol
  return usageError(
    `The queue at ${address.shown} refuses: ${reason}. Give its user, password and database in --queue, or the password in EL4NER_QUEUE_PASSWORD.`,
  );
}
