import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Script, scriptedModel } from '../model/scripted.ts';
import { createRecognizer } from './recognizer.ts';

/** Finds "Ada", gives it these probabilities of types, and this one to a claim's being right. */
function member(id: string, probabilities: Readonly<Record<string, number>>, yes = 0.9) {
  const [type = 'none'] = Object.keys(probabilities).toSorted((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
  const answer: Script = (task) => {
    switch (task.kind) {
      case 'extract':
        return ['Ada'];
      case 'classify':
        return task.mentions.map(() => ({ type, probability: probabilities[type] ?? 0, probabilities }));
      case 'verify':
        return task.claims.map(() => ({ yes: yes >= 0.5, probability: yes }));
      default:
        return [];
    }
  };
  return scriptedModel({ id, answer });
}

async function mentionBy(voting: 'hard' | 'soft', models: readonly ReturnType<typeof member>[]) {
  await using recognizer = await createRecognizer({ types: ['person', 'place'], models, voting, verifier: 'all' });
  const { trace } = await recognizer.recognize('Ada slept.');
  const [mention] = trace[0]?.document.mentions ?? [];
  assert.ok(mention !== undefined);
  return mention;
}

test('a soft vote on types goes by probabilities, and the trace says why it took a mention out', async () => {
  const doubting = { person: 0.45, place: 0, none: 0.55 };
  const sure = { person: 0.9, place: 0, none: 0.1 };
  const models = [member('a', doubting), member('b', doubting), member('c', sure)];
  assert.deepEqual((await mentionBy('soft', models)).type, 'person');
  assert.equal((await mentionBy('hard', models)).status, 'rejected');
  const denied = await mentionBy('soft', [member('a', doubting), member('b', { person: 0.2, place: 0, none: 0.8 })]);
  assert.ok(denied.status === 'rejected' && denied.stage === 'classify');
  assert.match(denied.reason, /0\.68 to its being no entity/);
});

test('a soft vote of verifiers goes by the mean probability of yes', async () => {
  const person = { person: 1, place: 0, none: 0 };
  const models = [member('a', person, 0.45), member('b', person, 0.45), member('c', person, 0.9)];
  assert.equal((await mentionBy('soft', models)).status, 'verified');
  assert.equal((await mentionBy('hard', models)).status, 'rejected');
});

test('a trace tells how votes were counted', async () => {
  const models = [member('a', { person: 1 }), member('b', { person: 1 })];
  for (const [passes, votesOnTypes] of [
    ['stages', 'soft'],
    ['joint', 'hard'],
  ] as const) {
    await using recognizer = await createRecognizer({ types: ['person'], models, weights: [2, 0.5], passes, verifyThreshold: 0.7 });
    const { trace } = await recognizer.recognize('Ada slept.');
    const counts = { votesOnTypes, verdicts: 'soft', weights: { a: 2, b: 0.5 }, threshold: 0.7 };
    assert.deepEqual(trace[0]?.document.decision, { by: 'votes', ...counts });
  }
});
