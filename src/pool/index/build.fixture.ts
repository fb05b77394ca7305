/** Builds the index of a made-up pool, slowly enough to be killed at it: node build.fixture.ts DIRECTORY */
import { setTimeout } from 'node:timers/promises';
import { buildIndex } from './build-index.ts';
import { madeUpOptions, madeUpPool } from './pool.fixture.ts';

const [directory = ''] = process.argv.slice(2);
const options = madeUpOptions(async ({ entities }) => {
  await setTimeout(1);
  return { spans: entities };
});
await buildIndex(madeUpPool(300), directory, options, new AbortController().signal);
