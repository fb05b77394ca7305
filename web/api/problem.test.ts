import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultAt, problemOf } from './problem.ts';

test('a problem document is told as it stands, with when to come again', async () => {
  const problem = { type: 'about:blank', title: 'Too Many Requests', status: 429, detail: 'Come again.' };
  const told = await problemOf(new Response(JSON.stringify(problem), { status: 429, headers: { 'retry-after': '3' } }));
  assert.deepEqual([told.problem, told.retryAfter, told.message], [problem, 3, 'Come again.']);
});

test('an answer that is no problem document, as of a proxy, is a problem all the same', async () => {
  for (const body of ['<html>Bad gateway</html>', '"text"', 'null', '{}']) {
    const { problem, retryAfter } = await problemOf(new Response(body, { status: 502, statusText: 'Bad Gateway' }));
    assert.deepEqual([problem.status, problem.title, retryAfter], [502, 'Bad Gateway', undefined]);
    assert.match(problem.detail, /502/);
  }
});

test('the fault of a field is found, also inside of it, and not that of a field that begins alike', () => {
  const errors = [
    { pointer: '/types/0/name', detail: 'It is empty.' },
    { pointer: '/options/kept', detail: 'It is unknown.' },
  ];
  const problem = { type: 'about:blank', title: '', status: 400, detail: '', errors };
  assert.equal(faultAt(problem, '/types'), 'It is empty.');
  assert.equal(faultAt(problem, '/options/k'), undefined);
  assert.equal(faultAt(undefined, '/types'), undefined);
});
