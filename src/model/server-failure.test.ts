import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { APICallError } from 'ai';
import { finalFailure } from './server-failure.ts';

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
