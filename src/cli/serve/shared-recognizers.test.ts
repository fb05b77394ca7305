import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goldScript, scriptedModel } from '../../model/scripted.ts';
import { createRecognizer, type Recognizer } from '../../pipeline/recognizer.ts';
import { sharedRecognizers } from './shared-recognizers.ts';

/** What is shared under one key: opened when the test says so, and until then given up when nobody waits for it. */
function opening() {
  const { promise, resolve, reject } = Promise.withResolvers<Recognizer>();
  const counts = { created: 0, disposed: 0, isCurrent: true };
  const recognizer = createRecognizer({ types: ['person'], models: [scriptedModel({ answer: goldScript({}) })] });
  const open = async () =>
    resolve({
      ...(await recognizer),
      async [Symbol.asyncDispose]() {
        counts.disposed++;
      },
    });
  const sharing = (signal = new AbortController().signal) => ({
    signal,
    create(unwanted: AbortSignal) {
      counts.created++;
      unwanted.addEventListener('abort', () => reject(unwanted.reason));
      return promise;
    },
    isCurrent: () => counts.isCurrent,
  });
  return { counts, open, sharing };
}

test('who gives up waiting is let go, and the others get the recognizer', async () => {
  await using shared = sharedRecognizers();
  const { counts, open, sharing } = opening();
  const impatient = new AbortController();
  const given = assert.rejects(shared.hold('a', sharing(impatient.signal)), { name: 'AbortError' });
  const other = shared.hold('a', sharing());
  impatient.abort();
  await given;
  await open();
  await using _ = await other;
  assert.deepEqual([counts.created, counts.disposed], [1, 0]);
});

test('what nobody waits for any more is not opened, and the next to ask begins anew', async () => {
  await using shared = sharedRecognizers();
  const impatient = new AbortController();
  const first = opening();
  const given = assert.rejects(shared.hold('a', first.sharing(impatient.signal)), { name: 'AbortError' });
  impatient.abort();
  await given;
  await assert.rejects(first.sharing().create(new AbortController().signal), { name: 'AbortError' });
  const second = opening();
  await second.open();
  await using _ = await shared.hold('a', second.sharing());
  assert.equal(second.counts.created, 1);
});

test('what nobody will ask for again is released as soon as nobody holds it', async () => {
  await using shared = sharedRecognizers();
  const [old, present] = [opening(), opening()];
  for (const { open } of [old, present]) await open();
  const held = await shared.hold('old', old.sharing());
  await (await shared.hold('present', present.sharing()))[Symbol.asyncDispose]();
  old.counts.isCurrent = false;
  assert.equal(old.counts.disposed, 0);
  await held[Symbol.asyncDispose]();
  assert.deepEqual([old.counts.disposed, present.counts.disposed], [1, 0]);
});
