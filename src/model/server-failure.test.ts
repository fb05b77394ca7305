import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { APICallError } from 'ai';
import { finalFailure, overload } from './server-failure.ts';
import { timeout } from './timeout.ts';

const advice = { unreachable: 'Start it.', unknownModel: 'Get it.', denied: 'Ask for it.' };

function networkError(code: string | undefined): APICallError {
  const cause = Object.assign(new AggregateError([], 'It did not work.'), code === undefined ? {} : { code });
  return new APICallError({
    message: 'Cannot connect.',
    url: 'http://gpu.local/v1?key=secret',
    requestBodyValues: {},
    cause,
    isRetryable: true,
  });
}

describe('finalFailure', () => {
  const cases = [
    ['a closed port', 'ECONNREFUSED', 'model-unavailable'],
    ['an unknown host', 'ENOTFOUND', 'model-unavailable'],
    ['a certificate that is not trusted', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'model-unavailable'],
    ['a port that fetch does not call', undefined, 'model-unavailable'],
    ['a server that is silent for five minutes', 'UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['a broken connection', 'ECONNRESET', undefined],
  ] as const;
  for (const [title, code, expected] of cases) {
    it(`is ${expected ?? 'nothing'} for ${title}`, () => {
      const failure = finalFailure(networkError(code), { modelId: 'm', advice });
      assert.equal(failure?.detail.code, expected);
    });
  }

  it('names the address without its query', () => {
    const message = finalFailure(networkError('ENOTFOUND'), { modelId: 'm', advice })?.message;
    assert.equal(message, 'Nothing answers at http://gpu.local/v1 (ENOTFOUND). Start it.');
  });
});

describe('overload', () => {
  const inTwoSeconds = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 2_000).toUTCString();
  const cases: readonly (readonly [title: string, status: number, headers: Record<string, string>, expected: number | undefined])[] = [
    ['429 that says nothing', 429, {}, 0],
    ['429 that says seconds', 429, { 'retry-after': '2' }, 2_000],
    ['503 that says milliseconds too', 503, { 'retry-after': '2', 'retry-after-ms': '150.5' }, 150.5],
    ['429 that says a minute, which the SDK does not heed either', 429, { 'retry-after': '60' }, 0],
    ['429 that says a date that is over', 429, { 'retry-after': new Date(0).toUTCString() }, 0],
    ['429 that says nonsense', 429, { 'retry-after': 'soon' }, 0],
    ['500', 500, { 'retry-after': '2' }, undefined],
  ];
  const answered = (statusCode: number, responseHeaders: Record<string, string>) =>
    new APICallError({ message: 'No.', url: 'http://gpu.local', requestBodyValues: {}, statusCode, responseHeaders });
  for (const [title, status, headers, expected] of cases) {
    it(`is ${expected} for ${title}`, () => assert.equal(overload(answered(status, headers)), expected));
  }

  it('lasts until the date that it says', () => {
    const quietMs = overload(answered(503, { 'retry-after': inTwoSeconds })) ?? 0;
    assert.ok(quietMs > 1_000 && quietMs <= 3_000, String(quietMs));
  });

  it('is 0 for no answer in time, and nothing for a server that is not there', () => {
    assert.equal(overload(timeout('m', 10)), 0);
    assert.equal(overload(finalFailure(networkError('ECONNREFUSED'), { modelId: 'm', advice })), undefined);
    assert.equal(overload(networkError('ECONNRESET')), undefined);
  });
});
