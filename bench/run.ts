/**
 * What it costs that a run over a corpus can be ended anyhow: documents a second with journal and durable files against the same documents written
 * as they come, memory, and the seconds from a kill until a resumed run goes on, against a first start. Prints a line of JSON, and one for people to
 * stderr:
 *
 *     node bench/run.ts [--megabytes 100]
 *
 * The corpus is made anew, as large as is said, of documents of some 2 kB. The model that is asked about them is a script that finds nothing at once, so
 * that all time is the run's own; what is killed and resumed is the command, after 2 MB of results, with a tagger of the sample corpus.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openCorpus } from '../src/jobs/corpus.ts';
import { runCorpus } from '../src/jobs/run-corpus.ts';
import { openRunFiles } from '../src/jobs/run-files.ts';
import { scriptedModel } from '../src/model/scripted.ts';
import type { FailedRecognition, Recognition } from '../src/pipeline/recognition.ts';
import { createRecognizer } from '../src/pipeline/recognizer.ts';

const { values: flags } = parseArgs({ options: { megabytes: { type: 'string', default: '100' } } });
const megabytes = Number(flags.megabytes);
const repository = new URL('..', import.meta.url).pathname;
const news = join(repository, 'examples', 'corpus', 'news');
const report = { note: () => undefined, count: () => undefined };
const scratch = await mkdtemp(join(tmpdir(), 'el4ner-bench-run-'));
const corpusPath = join(scratch, 'corpus.jsonl');
try {
  await pipeline(rows(megabytes * 1e6), createWriteStream(corpusPath));
  const plain = await rate(writePlainly);
  const before = process.memoryUsage().rss;
  const journalled = await rate(writeDurably);
  const memoryMb = (process.resourceUsage().maxRSS * 1024 - before) / 1e6;
  const { firstSeconds, resumedSeconds } = await killAndResume();
  const ratio = journalled / plain;
  const result = {
    name: 'run',
    megabytes,
    plainPerSecond: plain,
    journalledPerSecond: journalled,
    ratio,
    memoryMb,
    firstSeconds,
    resumedSeconds,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.stderr.write(
    `run: ${journalled.toFixed(0)} documents a second with a journal, ${ratio.toFixed(2)} of those without; ${megabytes} MB of corpus took ${memoryMb.toFixed(0)} MB more memory at most; killed, it goes on ${resumedSeconds.toFixed(1)} s after it is started again, a first start takes ${firstSeconds.toFixed(1)} s\n`,
  );
} finally {
  await rm(scratch, { recursive: true });
}
process.exit();

function* rows(bytes: number): Generator<string> {
  const sentence = 'It rained all night on the road to the river, and nobody was seen until the morning came. ';
  for (let written = 0, at = 0; written < bytes; at++) {
    const row = `${JSON.stringify({ id: `${at}`, text: `${at}. ${sentence.repeat(22)}` })}\n`;
    written += row.length;
    yield row;
  }
}

/** Documents a second. */
async function rate(write: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const documents = await write();
  return documents / ((performance.now() - started) / 1000);
}

function openRecognizer() {
  return createRecognizer({ types: ['person'], models: [scriptedModel({ answer: () => [] })], verifier: 'nobody' });
}

function lineOf({ id, text, ...rest }: Recognition | FailedRecognition): string {
  return JSON.stringify({ id, text, entities: rest.status === 'failed' ? [] : rest.entities });
}

async function writePlainly(): Promise<number> {
  await using recognizer = await openRecognizer();
  const corpus = await openCorpus(corpusPath, 'jsonl', report);
  let documents = 0;
  async function* lines() {
    for await (const result of recognizer.recognizeAll(corpus.documents())) {
      documents++;
      yield `${lineOf(result)}\n`;
    }
  }
  await pipeline(lines(), createWriteStream(join(scratch, 'plain.ndjson')));
  return documents;
}

async function writeDurably(): Promise<number> {
  await using recognizer = await openRecognizer();
  const corpus = await openCorpus(corpusPath, 'jsonl', report);
  await using files = await openRunFiles(join(scratch, 'durable.ndjson'), {}, { resume: false });
  const stop = new AbortController().signal;
  await runCorpus({
    documents: corpus.documents(),
    recognize: (documents) => recognizer.recognizeAll(documents),
    files,
    lineOf,
    isOutage: () => false,
    stop,
  });
  return files.checkpoint.documents;
}

/** Seconds until the command has written something, from the very start and after a kill. */
async function killAndResume(): Promise<{ readonly firstSeconds: number; readonly resumedSeconds: number }> {
  const out = join(scratch, 'killed.ndjson');
  const first = await secondsUntilGrowth(out, { until: 2e6 });
  return { firstSeconds: first, resumedSeconds: await secondsUntilGrowth(out, { until: 0 }) };
}

/** Starts the command, and kills it once there are so many bytes. */
async function secondsUntilGrowth(out: string, { until }: { readonly until: number }): Promise<number> {
  const sizeOf = async () => (await stat(out).catch(() => ({ size: 0 }))).size;
  const words = [
    'run',
    corpusPath,
    '--pool',
    join(news, 'pool.jsonl'),
    '--models',
    'pool:tagger',
    '--verifier',
    'nobody',
    '--out',
    out,
    '--resume',
  ];
  const started = performance.now();
  const command = spawn(process.execPath, [join(repository, 'src', 'cli', 'main.ts'), ...words], { stdio: 'ignore' });
  const ended = once(command, 'exit');
  const before = await sizeOf();
  /** A resumed run first cuts off what is half written. */
  let least = before;
  let seconds = Number.NaN;
  while (command.exitCode === null && (Number.isNaN(seconds) || least < until)) {
    await setTimeout(5);
    const size = await sizeOf();
    if (Number.isNaN(seconds) && size > least) seconds = (performance.now() - started) / 1000;
    least = Number.isNaN(seconds) ? Math.min(least, size) : size;
  }
  command.kill('SIGKILL');
  await ended;
  if (Number.isNaN(seconds)) throw new Error(`The command ended with ${command.exitCode} before it wrote anything.`);
  return seconds;
}
