import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzz/fuzz.ts';

/** For all parsers together; `npm run fuzz` takes longer. */
const seconds = Number(process.env['EL4NER_FUZZ_SECONDS'] ?? 15);
const seed = Number(process.env['EL4NER_FUZZ_SEED'] ?? Date.now() % 1_000_000);

test('every parser reads a damaged file, or says which file it cannot read', { timeout: (seconds + 120) * 1000 }, async (context) => {
  const failures: string[] = [];
  for await (const { target, files, refused, failure } of fuzz({ seconds, seed })) {
    context.diagnostic(`${target}: ${files} files, ${refused} refused`);
    if (failure !== undefined) failures.push(`${target}: ${failure}`);
  }
  assert.deepEqual(failures, []);
});
