import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { NerError } from '../../src/error.ts';
import { type Mutation, mutated, mutation } from './mutation.ts';
import type { Target } from './target.ts';
import { fuzzTargets } from './targets.ts';

/** Longest time of the processor for one file of some hundred bytes, in milliseconds, and most memory. */
const patienceMs = 10_000;
const mostGrowth = 1e9;

const remaining = { recursive: true, force: true, maxRetries: 5 };

export interface FuzzOptions {
  /** For all targets together. */
  readonly seconds: number;
  readonly seed: number;
  /** A part of the names of those that are fuzzed; default: all. */
  readonly target?: string | undefined;
  /** Where in the run of the seed a failure is, as one that was found says. */
  readonly path?: string | undefined;
}

/** What came of one parser. */
export interface FuzzResult {
  readonly target: string;
  readonly files: number;
  /** How often it refused. */
  readonly refused: number;
  /** How it failed, and how to see that again. */
  readonly failure?: string;
}

/** Gives every parser mutated files for a while: each is read, or refused by an error that says which file. */
export async function* fuzz({ seconds, seed, target: wanted = '', path }: FuzzOptions): AsyncGenerator<FuzzResult, void, undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'el4ner-fuzz-'));
  try {
    let scratch = 0; // what the end of its time breaks off may go on for a moment, in a directory of its own
    const targets = (await fuzzTargets(directory)).filter(({ name }) => name.includes(wanted));
    for (const target of targets) {
      const counts = { files: 0, refused: 0 };
      const property = fc.asyncProperty(mutation, async (one) => {
        counts.files++;
        if (await isRefused(target, one, join(directory, String(scratch++)))) counts.refused++;
      });
      const timeLimit = { interruptAfterTimeLimit: (seconds * 1000) / targets.length, markInterruptAsFailure: false };
      const details = await fc.check(property, {
        numRuns: 10_000_000,
        seed,
        ...timeLimit,
        ...(path === undefined ? {} : { path, endOnFailure: true }),
      });
      // Interrupted in its very first file, fast-check has a run failed, too.
      const hasFailed = details.counterexample !== null;
      yield { target: target.name, ...counts, ...(hasFailed ? { failure: failureOf(target, details) } : {}) };
    }
  } finally {
    await rm(directory, remaining);
  }
}

async function isRefused(target: Target, one: Mutation, scratch: string): Promise<boolean> {
  const bytes = mutated(target.seeds, one);
  await mkdir(scratch);
  const [started, before] = [process.cpuUsage(), process.memoryUsage.rss()];
  const error = await target.read(bytes, scratch).then(
    () => undefined,
    (thrown: unknown) => ({ thrown }),
  );
  await rm(scratch, remaining);
  const { user, system } = process.cpuUsage(started);
  const [ms, grownBy] = [(user + system) / 1000, process.memoryUsage.rss() - before];
  if (ms > patienceMs) throw new Error(`It took ${ms.toFixed(0)} ms.`);
  if (grownBy > mostGrowth) throw new Error(`It took ${grownBy} bytes.`);
  if (error === undefined) return false;
  const { thrown } = error;
  if (target.mayThrowRange && thrown instanceof RangeError) return true;
  if (target.takesAll || !(thrown instanceof NerError) || thrown.detail.code === 'internal') throw thrown;
  if (!thrown.message.includes(target.refusalNames ?? '')) throw new Error(`No file is named in "${thrown.message}".`);
  return true;
}

function failureOf(target: Target, { seed, counterexamplePath, counterexample, errorInstance }: fc.RunDetails<[Mutation]>): string {
  const [one] = counterexample ?? [];
  const bytes = one === undefined ? Buffer.alloc(0) : mutated(target.seeds, one);
  const reason = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  const replay = `npm run fuzz -- --target "${target.name}" --seed ${seed} --path ${counterexamplePath}`;
  return `${reason}\n${JSON.stringify(bytes.toString('latin1').slice(0, 2000))}\nAgain: ${replay}`;
}
