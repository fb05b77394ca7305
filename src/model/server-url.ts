import { NerError } from '../error.ts';

/**
 * The address of a server in one form, without a slash at its end.
 * @throws {NerError} `usage` if it is none, is not `http:` or `https:`, or has a user or a password in it.
 */
export function serverUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    const came = address.includes('@') ? 'The address' : `"${address}"`; // what may be a password is not repeated
    const message = `${came} is none of a model server: expected one such as http://127.0.0.1:8000/v1, without a user in it.`;
    throw new NerError(message, { code: 'usage' });
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/**
 * Ollama's address from what `OLLAMA_HOST` may say: `host`, `:port`, `host:port`, a URL or nothing. Parts that it leaves out are
 * Ollama's defaults.
 * @throws {NerError} `usage` as `serverUrl` does.
 */
export function ollamaUrl(host = ''): string {
  const [, scheme, rest = ''] = /^(https?:\/\/)?(.*)$/.exec(host.trim()) ?? [];
  const [, name, port, path = ''] = /^(\[[^\]]*\]|[^:/]*)(:\d+)?(\/.*)?$/.exec(rest) ?? [];
  if (name === undefined) return serverUrl(host);
  // A server may listen on all addresses; a client has to name one.
  const reachable = ['', '0.0.0.0', '[::]'].includes(name) ? '127.0.0.1' : name;
  return serverUrl(`${scheme ?? 'http://'}${reachable}${port ?? (scheme === undefined ? ':11434' : '')}${path}`);
}
