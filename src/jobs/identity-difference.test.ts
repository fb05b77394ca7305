import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityDifferences } from './identity-difference.ts';
import { pipelineKey } from './queue/names.ts';

const here = {
  version: '1',
  models: [{ id: 'nano:social', sha256: 'x' }],
  pool: 'a'.repeat(64),
  options: { k: 3, models: undefined, onReject: 'drop' },
};

test('identities that went through JSON and a server that sorts keys are the same', () => {
  const { options, ...rest } = here;
  const there = { options: { onReject: options.onReject, k: options.k }, ...rest };
  assert.deepEqual(identityDifferences(here, there), []);
  assert.equal(pipelineKey(here), pipelineKey(there));
});

test('what differs is told with both sides, where they say something', () => {
  const there = {
    ...here,
    version: '2',
    models: [{ id: 'nano:bio' }],
    pool: 'b'.repeat(64),
    options: { k: 3, onReject: 'retype', sparing: true },
  };
  assert.deepEqual(identityDifferences(here, there), [
    'version (1 here, 2 there)',
    'models (nano:social here, nano:bio there)',
    'pool',
    '--on-reject (drop here, retype there)',
    '--sparing (none here, true there)',
  ]);
  assert.notEqual(pipelineKey(here), pipelineKey(there));
});

test('models of one name and other weights differ', () => {
  const there = { ...here, models: [{ id: 'nano:social', sha256: 'y' }] };
  assert.deepEqual(identityDifferences(here, there), ['models']);
});
