import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NerError } from '../../error.ts';
import { openQueueBackend } from './backend.ts';
import { queueUnavailable } from './backend-errors.ts';
import { queueAddress } from './queue-address.ts';

describe('the address of a queue', () => {
  for (const [url, kind, shown] of [
    ['redis://127.0.0.1:6379', 'redis', 'redis://127.0.0.1:6379'],
    ['rediss://:pw@cache/2', 'redis', 'rediss://cache/2'],
    ['postgres://ada:pw@db:5433/jobs?sslmode=require', 'postgres', 'postgres://ada@db:5433/jobs'],
    ['postgresql://db/jobs?password=pw', 'postgres', 'postgresql://db/jobs'],
  ] as const) {
    test(`${url} is ${kind}`, () => {
      const address = queueAddress(url);
      assert.deepEqual([address.kind, address.shown], [kind, shown]);
      assert.equal(new URL(address.url).host, new URL(url).host);
    });
  }

  for (const url of ['amqp://:pw@host', 'localhost:6379', 'pw', '', 'redis://']) {
    test(`is not "${url}", and it is not repeated`, () => {
      assert.throws(() => queueAddress(url), { detail: { code: 'usage' }, message: /^--queue is .*expected redis:\/\/(?!.*pw)/ });
    });
  }

  test('never shows its password, wherever it came from', () =>
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: fc.constantFrom(...'aB3%:@/?# é') }), fc.boolean(), (password, isApart) => {
        const address = isApart ? queueAddress('redis://host', password) : queueAddress(`redis://:${encodeURIComponent(password)}@host`);
        const told = queueUnavailable(address, new Error(`cannot open ${address.url} with "${password}"`)).message;
        assert.ok(!address.shown.includes(password) || 'redis://host'.includes(password));
        assert.ok(!told.replaceAll('redis://host', '').includes(`"${password}"`), told);
        assert.equal(decodeURIComponent(new URL(address.url).password), password);
      }),
    ));
});

test('a queue whose packages are not there says which to install', async () => {
  const load = (name: string) => Promise.reject(new Error(`Cannot find package '${name}'`));
  for (const [url, packages] of [
    ['redis://host', 'bullmq ioredis'],
    ['postgres://host/db', 'bullmq pg'],
  ] as const)
    await assert.rejects(
      openQueueBackend(queueAddress(url), { patienceMs: 0, load }),
      (error) => error instanceof NerError && error.detail.code === 'usage' && error.message.endsWith(`npm install ${packages}`),
    );
});
