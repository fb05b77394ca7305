import { usageError } from '../../error.ts';

/** Where a queue is. */
export interface QueueAddress {
  readonly kind: 'redis' | 'postgres';
  /** With its password, if it has one: not to be shown. */
  readonly url: string;
  /** As it may be shown: without password and options. */
  readonly shown: string;
  /** The text without the password, wherever it has it. */
  redact(text: string): string;
}

const kinds: Readonly<Record<string, QueueAddress['kind']>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

/**
 * Reads a queue's URL. What it has in it is never told, since that may be a password.
 * @param password - in place of the URL's own, as text; left out or empty: the URL's own.
 * @throws {NerError} `usage` for anything but `redis:`, `rediss:` and `postgres:` with a host.
 */
export function queueAddress(written: string, password = ''): QueueAddress {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const kind = url && kinds[url.protocol];
  if (url === undefined || kind === undefined || url.hostname === '')
    throw usageError(
      `--queue is ${url === undefined ? 'no URL' : `a URL that begins with ${url.protocol}//`}; expected redis://HOST:PORT, rediss://HOST:PORT or postgres://USER@HOST:PORT/DATABASE.`,
    );
  if (password !== '') url.password = encodeURIComponent(password);
  const secrets = [url.password, decoded(url.password), url.searchParams.get('password') ?? '']
    .filter((secret) => secret !== '')
    .sort((a, b) => b.length - a.length);
  const user = url.username === '' ? '' : `${url.username}@`;
  return {
    kind,
    url: url.href,
    shown: `${url.protocol}//${user}${url.host}${url.pathname === '/' ? '' : url.pathname}`,
    redact: (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
