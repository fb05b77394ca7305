import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecognizer } from '../pipeline/recognizer.ts';
import { defineModel } from './define.ts';
import { goldScript, scriptedModel } from './scripted.ts';

const cities = ['Berlin', 'Paris'];
const dictionary = () =>
  defineModel({
    id: 'cities',
    extract: ({ text }) => cities.filter((city) => text.includes(city)),
    classify: async ({ text, mentions }) =>
      mentions.map(({ start, end }) => ({ type: cities.includes(text.slice(start, end)) ? 'city' : 'none' })),
    verify: ({ claims }) => claims.map(() => ({ yes: true })),
    joint: ({ text }) => cities.filter((city) => text.includes(city)).map((city) => ({ text: city, type: 'city' })),
  });

test('works in an ensemble by itself', async () => {
  await using recognizer = await createRecognizer({ types: ['city'], models: [dictionary()] });
  const { entities } = await recognizer.recognize('From Berlin to Paris.');
  assert.deepEqual(
    entities.map(({ text, type }) => `${text} ${type}`),
    ['Berlin city', 'Paris city'],
  );
});

test('abstains from what it has no function for', async () => {
  const finder = defineModel({ id: 'finder', extract: () => ['Rome'] });
  const typist = scriptedModel({ id: 'typist', answer: goldScript({ 'In Rome.': [['Rome', 'city']] }) });
  await using recognizer = await createRecognizer({ types: ['city'], models: [finder, typist], verifier: 'nobody' });
  const { entities, degraded } = await recognizer.recognize('In Rome.');
  assert.deepEqual(
    entities.map(({ text }) => text),
    ['Rome'],
  );
  assert.deepEqual(
    degraded.map(({ modelId, stage }) => `${modelId} ${stage}`),
    ['finder classify'],
  );
});

test('an abort rejects at once, whatever the function does', async () => {
  const reason = new Error('enough');
  const stuck = defineModel({ id: 'stuck', extract: () => new Promise(() => undefined) });
  const controller = new AbortController();
  const answer = stuck.answer<'extract'>({ kind: 'extract', types: [{ name: 'city' }], demonstrations: [], text: 'x' }, controller.signal);
  controller.abort(reason);
  await assert.rejects(answer, (error) => error === reason);
});
