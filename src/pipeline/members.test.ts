import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMembers } from './members.ts';

const { signal } = new AbortController();

test('a verifier that is a member is that member, whatever bound the requests of either have', async () => {
  const models = ['http://127.0.0.1:9/v1?concurrency=2#q'];
  for (const verifier of ['http://127.0.0.1:9/v1?concurrency=2#q', 'http://127.0.0.1:9/v1#q']) {
    await using members = await openMembers({ types: ['person'], models, verifier }, assert.fail, signal);
    assert.equal(members.verifiers?.members[0], members.ensemble.members[0]);
  }
});
