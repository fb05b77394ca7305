import assert from 'node:assert/strict';
import { test } from 'node:test';
import picocolors from 'picocolors';
import { renderComparison, renderSummary } from './render.ts';
import { scoreStrictly } from './scored-documents.ts';
import { summarize } from './summary.ts';

const colours = picocolors.createColors(false);
const interval = [0, 1] as const;
const bounds = { precision: interval, recall: interval, f1: interval };
const ratios = { precision: 0, recall: 0, f1: 0 };

const notes = (sentences: Parameters<typeof scoreStrictly>[0], resamples: number): string => {
  const summary = summarize('iob2', scoreStrictly(sentences, 'iob2'));
  return renderSummary({ ...summary, intervals: { resamples, level: 0.95, seed: 0, ...bounds } }, colours);
};

test('one thing is counted in the singular', () => {
  const text = notes([{ gold: ['B-A'], predicted: ['B-A'] }], 1);
  assert.match(text, /^1 of 1 tag right: 100\.00 %\.$/m);
  assert.match(text, /\(1 resample of 1 sentence, seed 0\)\.$/m);
  const systems = [
    { path: 'a', micro: ratios },
    { path: 'b', micro: ratios },
  ] as const;
  assert.match(renderComparison({ systems, shuffles: 1, seed: 0, difference: ratios, p: ratios }, colours), /, 1 shuffle, seed 0\.$/m);
});

test('several are counted in the plural, in groups of three digits', () => {
  const sentence = { gold: ['B-A', 'O'], predicted: ['B-A', 'B-A'] };
  const text = notes([sentence, sentence], 1000);
  assert.match(text, /^2 of 4 tags right: 50\.00 %\.$/m);
  assert.match(text, /\(1,000 resamples of 2 sentences, seed 0\)\.$/m);
});
