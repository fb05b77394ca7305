import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { APICallError } from 'ai';
import type { NerError } from '../error.ts';
import { type ServerAccess, serverAccess } from './server-access.ts';
import { timeout } from './timeout.ts';

/** Each test has a server of its own, which is never asked. */
let servers = 0;
const anotherServer = () => `http://server-${servers++}.test/v1`;

function access(url: string, concurrency?: number): ServerAccess {
  return serverAccess({ url, modelId: 'm', concurrency });
}

function answeredWith(statusCode: number, retryAfter = '0'): APICallError {
  const responseHeaders = { 'retry-after': retryAfter };
  return new APICallError({ message: 'No.', url: 'http://server.test', requestBodyValues: {}, statusCode, responseHeaders });
}

/** A request that is under way until it is told how to end. */
function request(through: ServerAccess, signal?: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let isSent = false;
  const send = () => {
    isSent = true;
    return promise;
  };
  return { answer: through.request(send, signal), resolve, reject, isSent: () => isSent };
}

const isDisposed = ({ detail, message }: NerError) => detail.code === 'model-failed' && message.includes('has been disposed of');

describe('the limit of a server', () => {
  it('is shared by all that are open at its scheme, host and port', async () => {
    const url = anotherServer();
    using one = access(url);
    using other = access(url.replace('/v1', '/other?key=1'));
    using another = access(url.replace('http:', 'https:'));
    await assert.rejects(one.request(() => Promise.reject(answeredWith(429)), undefined));
    assert.deepEqual([one.limit(), other.limit(), another.limit()], [2, 2, 4]);
  });

  it('is forgotten with the last of them', async () => {
    const url = anotherServer();
    {
      using one = access(url);
      await assert.rejects(one.request(() => Promise.reject(answeredWith(429)), undefined));
      using other = access(url);
      one[Symbol.dispose]();
      one[Symbol.dispose]();
      assert.equal(other.limit(), 2);
    }
    using later = access(url);
    assert.equal(later.limit(), 4);
  });

  it('is held to the least that one of them was told', async () => {
    const url = anotherServer();
    using some = access(url);
    using most = access(url, 5);
    {
      using few = access(url, 2);
      await Promise.all(Array.from({ length: 60 }, () => some.request(async () => 'yes', undefined)));
      assert.equal(few.limit(), 2);
    }
    await Promise.all(Array.from({ length: 60 }, () => some.request(async () => 'yes', undefined)));
    assert.equal(most.limit(), 5);
  });

  it('is held to 64 where nobody was told anything', async () => {
    using some = access(anotherServer());
    await Promise.all(Array.from({ length: 2_500 }, () => some.request(async () => 'yes', undefined)));
    assert.equal(some.limit(), 64);
  });

  for (const concurrency of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`cannot be held to ${concurrency}`, () => {
      assert.throws(() => access(anotherServer(), concurrency), { detail: { code: 'usage' } });
    });
  }

  const failures: readonly (readonly [title: string, error: unknown, limit: number])[] = [
    ['is halved by 429', answeredWith(429), 2],
    ['is halved by 503', answeredWith(503), 2],
    ['is halved by a timeout', timeout('m', 10), 2],
    ['stays after 500', answeredWith(500), 4],
    ['stays after 404', answeredWith(404), 4],
    ['stays after any other failure', new TypeError('No such setting.'), 4],
  ];
  for (const [title, error, limit] of failures) {
    it(title, async () => {
      using some = access(anotherServer());
      await assert.rejects(
        some.request(() => Promise.reject(error), undefined),
        (thrown) => thrown === error,
      );
      assert.equal(some.limit(), limit);
    });
  }

  it('stays after an abort, whatever the request then fails with', async () => {
    using some = access(anotherServer());
    const controller = new AbortController();
    const asked = request(some, controller.signal);
    await sleep();
    controller.abort();
    asked.reject(answeredWith(503));
    await assert.rejects(asked.answer);
    assert.equal(some.limit(), 4);
  });
});

describe('a request', () => {
  it('is sent when it has a place, which it gives back however it ends', async () => {
    using some = access(anotherServer(), 1);
    const controller = new AbortController();
    const [first, second, third, fourth] = [request(some), request(some), request(some, controller.signal), request(some)];
    const sent = async () => {
      await sleep();
      return [first, second, third, fourth].filter(({ isSent }) => isSent()).length;
    };
    assert.equal(await sent(), 1);
    first.resolve('yes');
    assert.deepEqual([await first.answer, await sent()], ['yes', 2]);
    second.reject(new Error('no'));
    await assert.rejects(second.answer, /no/);
    assert.equal(await sent(), 3);
    controller.abort();
    third.reject(new Error('gone'));
    await assert.rejects(third.answer, /gone/);
    assert.equal(await sent(), 4);
    fourth.resolve('yes');
    assert.equal(await fourth.answer, 'yes');
  });

  it('that throws before it is sent gives its place back', async () => {
    using some = access(anotherServer(), 1);
    const failing = some.request(() => {
      throw new Error('no request');
    }, undefined);
    await assert.rejects(failing, /no request/);
    assert.equal(await some.request(async () => 'yes', undefined), 'yes');
  });

  it('that is aborted while it waits is never sent', async () => {
    using some = access(anotherServer(), 1);
    const [first, reason, controller] = [request(some), new Error('enough'), new AbortController()];
    const second = request(some, controller.signal);
    await sleep();
    controller.abort(reason);
    await assert.rejects(second.answer, (error) => error === reason);
    first.resolve('yes');
    await first.answer;
    assert.ok(!second.isSent());
  });

  it('waits until retry-after is over', async () => {
    using some = access(anotherServer());
    await assert.rejects(some.request(() => Promise.reject(answeredWith(429, '0.2')), undefined));
    const startedMs = performance.now();
    await some.request(async () => 'yes', undefined);
    const waitedMs = performance.now() - startedMs;
    assert.ok(waitedMs >= 150, `waited for ${waitedMs} ms`);
  });

  it('is rejected by a disposal before it is sent, and goes on if it was', async () => {
    const url = anotherServer();
    using other = access(url);
    const some = access(url, 1);
    const [sent, waiting] = [request(some), request(some)];
    const others = request(other);
    await sleep();
    some[Symbol.dispose]();
    await assert.rejects(waiting.answer, isDisposed);
    await assert.rejects(request(some).answer, isDisposed);
    sent.resolve('yes');
    others.resolve('too');
    assert.deepEqual(await Promise.all([sent.answer, others.answer]), ['yes', 'too']);
    assert.ok(!waiting.isSent());
  });
});
