import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openAnswerCache } from '../../src/cache/answer-cache.ts';
import { openCalibrationFile, readCalibrations } from '../../src/experiment/calibration-file.ts';
import { openJournal } from '../../src/experiment/journal.ts';
import { failedDocuments } from '../../src/jobs/retry.ts';
import { openRunFiles, runPaths } from '../../src/jobs/run-files.ts';
import type { Target } from './target.ts';

/** What keeps the progress of work, or its results: journals, calibrations, the cache of answers; their valid files are made below a directory. */
export async function journalTargets(directory: string): Promise<readonly Target[]> {
  return [
    ...runTargets,
    await journalTarget(join(directory, 'journal')),
    await calibrationTarget(join(directory, 'calibration')),
    await cacheTarget(join(directory, 'cache')),
  ];
}

const checkpoint = { documents: 2, failed: 1, resultBytes: 0, failureBytes: 0, isLast: false };
const identity = { corpus: 'abc' };
const lines = (...values: readonly unknown[]): Buffer => Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));

const runTargets: readonly Target[] = [
  {
    name: 'run journal',
    seeds: [lines({ el4nerRun: 1, identity }, checkpoint, { ...checkpoint, isLast: true }), lines({ el4nerRun: 1, identity })],
    refusalNames: 'out',
    async read(bytes, scratch) {
      const out = join(scratch, 'out');
      await writeFile(runPaths(out).journal, bytes);
      await using files = await openRunFiles(out, identity, { resume: true });
      await files.add('{}', 'result');
      await files.commit({ isLast: true });
    },
  },
  {
    name: 'failures of a run',
    seeds: [lines({ index: 0, id: 'a', text: 'Ada' }, { index: 4, id: 'b', text: 'Bob' })],
    refusalNames: 'out.failed.ndjson',
    async read(bytes, scratch) {
      const out = join(scratch, 'out');
      await writeFile(runPaths(out).failures, bytes);
      await Array.fromAsync(failedDocuments(out));
    },
  },
];

async function journalTarget(directory: string): Promise<Target> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'eval.journal');
  const experiment = { version: '1' } as unknown as Parameters<typeof openJournal>[1]; // its keys are compared, and none of them is used
  const journal = await openJournal(path, experiment);
  const evidence = {
    start: 0,
    end: 3,
    proposals: [{ modelId: 'm', reply: 'Ada', alignment: 'exact' as const }],
    votes: [{ modelId: 'm', choice: 'p' }],
    verdicts: [],
  };
  await journal.append('full', {
    id: 'a',
    mentions: [
      { status: 'verified', ...evidence, type: 'p', score: 1 },
      { status: 'rejected', stage: 'verify', reason: 'No.', ...evidence },
    ],
    ...{ calls: 1, promptTokens: 1, cachedTokens: 0, replyTokens: 1, modelMs: 1, malformed: 0, hallucinated: 0 },
  });
  return {
    name: 'journal of eval',
    seeds: [await readFile(path)],
    refusalNames: 'eval.journal',
    async read(bytes, scratch) {
      await writeFile(join(scratch, 'eval.journal'), bytes);
      (await openJournal(join(scratch, 'eval.journal'), experiment)).kept();
    },
  };
}

async function calibrationTarget(directory: string): Promise<Target> {
  await mkdir(directory, { recursive: true });
  const file = await openCalibrationFile(directory, {
    format: 'el4ner-calibration',
    version: 1,
    sentences: 's',
    members: [{ id: 'm', dialect: 'd' }],
    types: ['p'],
    inventory: 'i',
    k: 5,
  });
  const span = {
    proposals: [{ modelId: 'm', probability: 0.5 }],
    votes: [{ modelId: 'm', choice: 'p', probabilities: { p: 1 } }],
    verdicts: [],
    gold: ['p'],
  };
  await file.append({ id: 'a', spans: [span], gold: ['p'] });
  await file.complete();
  const [name = ''] = await readdir(directory);
  return {
    name: 'calibration',
    seeds: [await readFile(join(directory, name))],
    refusalNames: name,
    async read(bytes, scratch) {
      await writeFile(join(scratch, name), bytes);
      await readCalibrations(scratch);
    },
  };
}

async function cacheTarget(directory: string): Promise<Target> {
  const path = join(directory, 'answers.sqlite');
  {
    using cache = openAnswerCache(path);
    for (let at = 0; at < 20; at++) cache.put(Buffer.alloc(32, at), Buffer.alloc(500, at));
  }
  return {
    name: 'cache',
    seeds: [await readFile(path)],
    refusalNames: 'answers.sqlite',
    async read(bytes, scratch) {
      await writeFile(join(scratch, 'answers.sqlite'), bytes);
      using cache = openAnswerCache(join(scratch, 'answers.sqlite'));
      cache.get(Buffer.alloc(32, 3));
      cache.put(Buffer.alloc(32, 77), Buffer.alloc(10));
      cache.stats();
    },
  };
}
