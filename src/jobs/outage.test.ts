import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NerError, type NerErrorDetail } from '../error.ts';
import { isOutage } from './outage.ts';

const failed = (status?: number): NerErrorDetail => ({ code: 'model-failed', modelId: 'm', ...(status === undefined ? {} : { status }) });
const noQuorum = (...details: readonly NerErrorDetail[]): NerErrorDetail => ({
  code: 'no-quorum',
  stage: 'extract',
  answered: 0,
  quorum: 1,
  failures: details.map((detail) => new NerError('It failed.', detail)),
});
const cases: readonly (readonly [name: string, detail: NerErrorDetail, isOutage: boolean])[] = [
  ['a server that is away', { code: 'model-unavailable', modelId: 'm' }, true],
  ['no answer in time', { code: 'timeout', modelId: 'm', timeoutMs: 5 }, true],
  ['a server with a fault', failed(500), true],
  ['a connection that broke', failed(), true],
  ['a text that the server refuses', failed(400), false],
  ['no quorum since all refuse the text', noQuorum(failed(400), failed(422)), false],
  ['no quorum since one refuses it and one is away', noQuorum(failed(400), { code: 'model-unavailable', modelId: 'n' }), true],
  ['a text that is too long', { code: 'context-overflow', modelId: 'm', promptTokens: 2, contextTokens: 1 }, false],
  ['a text beyond its budget', { code: 'over-budget', budget: 'documentTokens', limit: 5 }, false],
];
for (const [name, detail, expected] of cases) {
  test(`${name} is ${expected ? 'an' : 'no'} outage`, () => assert.equal(isOutage(detail), expected));
}
