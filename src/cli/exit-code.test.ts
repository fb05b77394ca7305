import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NerError, type NerErrorDetail } from '../error.ts';
import { exitCodeOf } from './exit-code.ts';

const unreachable: NerErrorDetail = { code: 'model-unavailable', modelId: 'm' };
const overflow: NerErrorDetail = { code: 'context-overflow', modelId: 'm', promptTokens: 9, contextTokens: 8 };

function noQuorum(...failures: readonly NerErrorDetail[]): NerErrorDetail {
  return {
    code: 'no-quorum',
    stage: 'extract',
    answered: 0,
    quorum: 1,
    failures: failures.map((detail) => new NerError('It failed.', detail)),
  };
}

const cases: Record<string, readonly [detail: NerErrorDetail, code: number]> = {
  usage: [{ code: 'usage' }, 2],
  'a file that cannot be read': [{ code: 'unreadable-input', path: 'f' }, 2],
  'a file that a server did not give': [{ code: 'download-failed', url: 'https://example.org' }, 3],
  'too many types for the context': [overflow, 2],
  'a model that is not there': [unreachable, 3],
  'a model that failed': [{ code: 'model-failed', modelId: 'm' }, 3],
  'a model that took too long': [{ code: 'timeout', modelId: 'm', timeoutMs: 1 }, 3],
  'no model that is there': [noQuorum(unreachable, overflow), 3],
  'no model with room for the types': [noQuorum(overflow, overflow), 2],
};
for (const [name, [detail, code]] of Object.entries(cases)) {
  test(`${name} ends with ${code}`, () => assert.equal(exitCodeOf(detail), code));
}
