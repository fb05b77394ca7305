import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goldScript, type Script, scriptedModel } from '../model/scripted.ts';
import { createRecognizer } from '../pipeline/recognizer.ts';
import { consistency } from './consistency.ts';

const gold = goldScript({
  'Ada saw Rio.': [
    ['Ada', 'person'],
    ['Rio', 'place'],
  ],
  'It rained.': [],
}); // prettier-ignore
/** Answers like `gold`, but is not sure of Rio. */
const unsure: Script = (task) => {
  const sure = gold(task);
  if (task.kind !== 'classify') return sure;
  return task.mentions.map(({ start, end }) =>
    task.text.slice(start, end) === 'Rio'
      ? { type: 'place', probability: 0.6, probabilities: { place: 0.6, none: 0.4 } }
      : { type: 'person' },
  );
};

async function consistencyOf(text: string, ...answers: readonly Script[]): Promise<number> {
  const models = answers.map((answer, at) => scriptedModel({ id: String(at), answer }));
  await using recognizer = await createRecognizer({ types: ['person', 'place'], models, verifier: 'nobody' });
  return consistency(await recognizer.recognize(text));
}

test('members that agree are consistent, and a text in which they find nothing is', async () => {
  assert.equal(await consistencyOf('Ada saw Rio.', gold, gold), 1);
  assert.equal(await consistencyOf('It rained.', gold), 1);
});

test('a text is as sure as its least certain span', async () => {
  assert.equal((await consistencyOf('Ada saw Rio.', gold, unsure)).toFixed(6), '0.800000');
});

test('an occurrence counts by what was decided about it, not about another of the same string', async () => {
  const twice = 'Rio met Rio.';
  const both: Script = (task) => {
    if (task.kind === 'extract') return ['Rio'];
    if (task.kind !== 'classify') return [];
    return task.mentions.map(({ start }) => ({ type: start === 0 ? 'person' : 'place' }));
  };
  const other: Script = (task) =>
    task.kind === 'classify'
      ? task.mentions.map(({ start }) => ({ type: start === 0 ? 'person' : 'person' }))
      : both(task, new AbortController().signal);
  assert.equal(await consistencyOf(twice, both, both), 1);
  assert.equal((await consistencyOf(twice, both, both, both, other)).toFixed(6), '0.750000');
});

test('what was voted out counts by how far the members think so', async () => {
  const nothing: Script = (task) => (task.kind === 'classify' ? task.mentions.map(() => ({ type: 'none' })) : gold(task));
  assert.equal((await consistencyOf('Ada saw Rio.', nothing, nothing, gold)).toFixed(6), (2 / 3).toFixed(6));
});
