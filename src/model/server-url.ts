import { NerError } from '../error.ts';

/**
 * The address of a server in one form, without a slash at its end.
 * @throws {NerError} `usage` if it is none, is not `http:` or `https:`, or has a user, a password or a query in it: it is a part of the names of models,
 * which are in all results.
 */
export function serverUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || `${url.username}${url.password}${url.search}` !== '') {
    const message = `"${withoutSecrets(address)}" is no address of a model server: expected one such as http://127.0.0.1:8000/v1, without a user or a query in it. Keys come from the environment.`;
    throw new NerError(message, { code: 'usage' });
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** An address, or a URI of a model, without what may be secret in it: user and password, and values in its query that are no settings of ours. */
export function withoutSecrets(uri: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][\w+.-]*:\/\/|(?:nano|pool|gguf|ollama|openai|transformers):)?(.*)$/is.exec(uri) ?? [];
  const isAddress = scheme === '' || scheme.endsWith('//');
  const behindUser = isAddress ? rest.replace(/^[^/]*@/, '***@') : rest;
  // What cannot be taken apart may have a password anywhere.
  const bare = scheme.endsWith('//') && !URL.canParse(scheme + behindUser) ? behindUser.replace(/^.*@/s, '***@') : behindUser;
  return (scheme + bare).replace(/([?&](?!dialect=|concurrency=)[^=&#]*=)[^&#]*/g, '$1***');
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
