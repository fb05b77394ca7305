/** Builds the index of a made-up pool, slowly enough to be killed at it: node build.fixture.ts DIRECTORY [MILLISECONDS-A-SENTENCE]. It prints a line a sentence. */
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { buildIndex } from './build-index.ts';
import { madeUpOptions, madeUpPool } from './pool.fixture.ts';

const [directory = '', pace = '1'] = process.argv.slice(2);
const options = madeUpOptions(async ({ entities }) => {
  await setTimeout(Number(pace));
  return { spans: entities };
});
const onProgress = (step: string, done: number) => void process.stdout.write(`${step} ${done}\n`);
await buildIndex(madeUpPool(300), directory, { ...options, onProgress }, new AbortController().signal);
