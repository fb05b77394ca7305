import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NerError } from '../error.ts';
import { failureMessage } from './failure-message.ts';

function noQuorum(answered: number, ...messages: readonly string[]): NerError {
  const failures = messages.map((message) => new NerError(message, { code: 'model-unavailable', modelId: 'm' }));
  return new NerError('Too few.', { code: 'no-quorum', stage: 'extract', answered, quorum: 2, failures });
}

function ending(cause: NerError): NerError {
  return new NerError(`It ends: ${cause.message} Go on later.`, cause.detail, { cause });
}

const cases: Record<string, readonly [error: NerError, expected: string]> = {
  'an error speaks for itself': [new NerError('No types.', { code: 'usage' }), 'No types.'],
  'no reply at all: each reason once': [noQuorum(0, 'It is off.', 'It is asleep.', 'It is off.'), 'It is off. It is asleep.'],
  'a run that ends for it': [ending(noQuorum(0, 'It is off.')), 'It ends: It is off. Go on later.'],
  'too few replies': [noQuorum(1, 'It is off.'), 'Too few.'],
};
for (const [name, [error, expected]] of Object.entries(cases)) {
  test(name, () => assert.equal(failureMessage(error), expected));
}
