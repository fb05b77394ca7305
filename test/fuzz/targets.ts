import { join } from 'node:path';
import { datasetTargets } from './dataset-targets.ts';
import { indexTargets } from './index-targets.ts';
import { journalTargets } from './journal-targets.ts';
import { modelTargets } from './model-targets.ts';
import type { Target } from './target.ts';

/** Every parser of this package, with valid files made below a directory. */
export async function fuzzTargets(directory: string): Promise<readonly Target[]> {
  return [
    ...(await datasetTargets()),
    ...(await indexTargets(join(directory, 'index'))),
    ...(await journalTargets(directory)),
    ...modelTargets,
  ];
}
