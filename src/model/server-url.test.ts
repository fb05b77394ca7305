import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NerError } from '../error.ts';
import { ollamaUrl, serverUrl, withoutSecrets } from './server-url.ts';

describe('serverUrl', () => {
  const good = [
    ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1'],
    ['http://localhost:8000/v1//', 'http://localhost:8000/v1'],
    ['https://example.com', 'https://example.com'],
    ['http://[::1]:80/v1#model', 'http://[::1]/v1'],
  ] as const;
  for (const [address, url] of good) it(`is ${url} for ${address}`, () => assert.equal(serverUrl(address), url));

  const bad = [
    '',
    '127.0.0.1:8000',
    'ftp://example.com',
    'http://user:password@example.com/v1',
    'http://user@example.com/v1',
    'http://example.com/v1?key=password@',
  ];
  for (const address of bad) {
    it(`refuses "${address}", and repeats no password`, () => {
      assert.throws(
        () => serverUrl(address),
        ({ detail, message }: NerError) => detail.code === 'usage' && !message.includes('password@'),
      );
    });
  }
});

describe('an address without secrets', () => {
  const addresses = [
    ['http://user:pass@host:8000/v1#m', 'http://***@host:8000/v1#m'],
    ['ftp://user:p:a@ss@host/v1#m', 'ftp://***@host/v1#m'],
    ['user:pass@host', '***@host'],
    ['http://user:pa/ss@host/v1#m', 'http://***@host/v1#m'],
    ['http://user:pa#ss@host/v1#m', 'http://***@host/v1#m'],
    ['ollama:user/model@2', 'ollama:user/model@2'],
    ['http://host/v1?key=secret&dialect=chat-json#m', 'http://host/v1?key=***&dialect=chat-json#m'],
    ['http://host/v1#org/model@2', 'http://host/v1#org/model@2'],
    ['ollama:qwen2.5:14b', 'ollama:qwen2.5:14b'],
    ['gguf:models/a@b/x.gguf', 'gguf:models/a@b/x.gguf'],
  ] as const;
  for (const [address, told] of addresses) it(`is ${told}`, () => assert.equal(withoutSecrets(address), told));
});

describe('ollamaUrl', () => {
  const hosts = [
    [undefined, 'http://127.0.0.1:11434'],
    ['', 'http://127.0.0.1:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:11500', 'http://127.0.0.1:11500'],
    [':11500', 'http://127.0.0.1:11500'],
    ['gpu.local', 'http://gpu.local:11434'],
    ['gpu.local:80/ollama/', 'http://gpu.local/ollama'],
    ['[::1]', 'http://[::1]:11434'],
    ['[::]:11500', 'http://127.0.0.1:11500'],
    ['http://gpu.local', 'http://gpu.local'],
    ['https://gpu.local:8443/', 'https://gpu.local:8443'],
  ] as const;
  for (const [host, url] of hosts) it(`is ${url} for ${host}`, () => assert.equal(ollamaUrl(host), url));

  for (const host of ['ftp://gpu.local', 'user:password@gpu.local', 'a b']) {
    it(`refuses ${host}`, () =>
      assert.throws(
        () => ollamaUrl(host),
        ({ detail }: NerError) => detail.code === 'usage',
      ));
  }
});
