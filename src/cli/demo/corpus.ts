import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readJsonl } from '../../dataset/jsonl.ts';
import type { EntityType } from '../../document/entity-type.ts';
import type { LabelledSentence } from '../../document/labelled.ts';

/** One domain of the sample corpus. */
export interface Domain {
  readonly name: string;
  readonly types: readonly EntityType[];
  readonly pool: readonly LabelledSentence[];
  readonly test: readonly LabelledSentence[];
}

const folder = new URL('../../../examples/corpus/', import.meta.url);
const names = ['news', 'social', 'clinical', 'travel', 'contracts', 'support'];
const inventory = z.array(z.object({ name: z.string(), definition: z.string() }));

/** The sample corpus that comes with the package, see its README. */
export function sampleCorpus(): Promise<readonly Domain[]> {
  return Promise.all(
    names.map(async (name) => ({
      name,
      types: inventory.parse(JSON.parse(await readFile(new URL(`${name}/types.json`, folder), 'utf8'))),
      pool: await Array.fromAsync(readJsonl(fileURLToPath(new URL(`${name}/pool.jsonl`, folder)))),
      test: await Array.fromAsync(readJsonl(fileURLToPath(new URL(`${name}/test.jsonl`, folder)))),
    })),
  );
}
