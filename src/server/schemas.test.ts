import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readJsonl } from '../dataset/jsonl.ts';
import { labelledSchema } from './schemas.ts';

test('a labelled sentence is taken just if a file with it can be read', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'el4ner-schemas-'));
  const path = join(scratch, 'pool.jsonl');
  const entity = fc.record({ start: fc.nat(6), end: fc.nat(6), type: fc.constantFrom('person', ' ', '', '\u2028') });
  const sentence = fc.record({
    text: fc.string({ unit: fc.constantFrom('a', ' ', '🎉'), minLength: 1, maxLength: 4 }),
    entities: fc.array(entity, { maxLength: 2 }),
  });
  const isTaken = async (given: unknown): Promise<boolean> => {
    await writeFile(path, JSON.stringify(given));
    return Array.fromAsync(readJsonl(path)).then(
      () => true,
      () => false,
    );
  };
  try {
    await fc.assert(
      fc.asyncProperty(sentence, async (given) => assert.equal(labelledSchema.safeParse(given).success, await isTaken(given))),
    );
  } finally {
    await rm(scratch, { recursive: true });
  }
});

test('a bound that cuts a character is pointed to', () => {
  const { error } = labelledSchema.safeParse({ text: '🎉 Ada', entities: [{ start: 1, end: 6, type: 'person' }] });
  assert.deepEqual(
    error?.issues.map(({ path }) => path),
    [['entities', 0, 'start']],
  );
});
