import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hostileName, hostileText } from '../document/hostile-text.fixture.ts';
import { createRecognizer } from '../pipeline/recognizer.ts';
import { assertSound } from './sound-result.fixture.ts';

/** Documents for each bundled model; a longer test has more. */
const cases = Number(process.env['EL4NER_HOSTILE_MODEL_CASES'] ?? 70);
const seed = Number(process.env['EL4NER_HOSTILE_SEED'] ?? 1);

describe('bundled models', () => {
  for (const name of ['general', 'social', 'bio']) {
    it(`nano:${name} reads hostile documents, ${cases} of them`, { timeout: 1_800_000 }, async () => {
      const types = ['person', '<|end|>'];
      await using recognizer = await createRecognizer({ types, models: [`nano:${name}`], overlaps: 'nested' });
      const property = fc.asyncProperty(hostileText, async (text) => assertSound(await recognizer.recognize(text), text, types));
      await fc.assert(property, { numRuns: cases, seed });
    });
  }

  it('are asked for hostile types, and shown hostile demonstrations', { timeout: 600_000 }, async () => {
    const property = fc.asyncProperty(hostileName, hostileText, hostileText, async (type, text, shown) => {
      const pool = shown === '' ? [] : [{ text: shown, entities: [{ start: 0, end: shown.length, type }] }];
      await using recognizer = await createRecognizer({ types: [type], models: ['nano:general'], pool, retriever: 'random' });
      for await (const result of recognizer.recognizeAll([text])) await assertSound(result, text, [type]);
    });
    await fc.assert(property, { numRuns: Math.ceil(cases / 12), seed });
  });
});
