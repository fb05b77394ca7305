import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targetOf } from './save-target.ts';
import { ownPool } from './settings.ts';

const pool = (name: string, isWritable: boolean) => ({ name, sentences: 1, revision: 'a', types: [], isWritable, isCalibrated: false });
const [letters, index, news] = [pool('letters', true), pool('index', false), pool('news', true)];

test('corrections go to the pool that is chosen, if it can be added to', () => {
  assert.equal(targetOf('letters', [letters, index]).pool, 'letters');
  const refused = targetOf('index', [letters, index]);
  assert.deepEqual([refused.pool, refused.note?.startsWith('index cannot be added to')], [undefined, true]);
});

test('without a choice they go to the only pool that can be added to, else they stay in the page', () => {
  assert.equal(targetOf('', [letters, index]).pool, 'letters');
  assert.equal(targetOf('', [letters, news]).pool, undefined);
  assert.equal(targetOf('', [index]).pool, undefined);
  assert.equal(targetOf(ownPool, [letters]).pool, undefined);
});
