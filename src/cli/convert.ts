import { createWriteStream } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { detectFormat } from '../dataset/detect-format.ts';
import { type DatasetFormatName, defaultWriteSettings, type WriteSettings } from '../dataset/format.ts';
import { datasetFormats } from '../dataset/formats.ts';
import { labelNames } from '../dataset/hf.ts';
import { readSamples } from '../dataset/read-samples.ts';
import type { Report } from '../dataset/report.ts';
import type { Sample } from '../dataset/sample.ts';
import { readTextFile } from '../dataset/text-file.ts';
import { writeWholeDirectory, writeWholeFile } from '../dataset/whole-file.ts';
import { NerError } from '../error.ts';
import { createDataReport } from './data-report.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import type { ConvertFlags } from './flags.ts';
import type { Terminal } from './terminal.ts';

/**
 * `el4ner convert`: writes a data set in another format. What the other format has no room for, and what was bad, is counted and told.
 * @param input - a path, or `-` for the standard input.
 * @param output - a path, or `-` for the standard output. Files appear whole or not at all; the input is never written to.
 * @throws {NerError} `usage`, or `unreadable-input` for a bad row unless such rows are skipped.
 */
export async function convert(input: string, output: string, flags: ConvertFlags, terminal: Terminal): Promise<ExitCode> {
  // What is left of the flags are settings of readers.
  const { from: givenFrom, to: givenTo, scheme, tokenize, idComments, offsetUnit, modelVersion, skipBad, labels, ...reading } = flags;
  await using temporary = new AsyncDisposableStack();
  const path = input === '-' ? await keepStandardInput(terminal, temporary) : input;
  const to = givenTo ?? formatOfName(output);
  const from = givenFrom ?? (await detectFormat(path));
  if (output !== '-') await requireOther(path, output);

  const report = createDataReport(terminal, { skipBad });
  const names = labels === undefined ? {} : { labels: await readLabels(labels) };
  const tally = createTally(terminal);
  const samples = tally.counted(readSamples(path, { ...reading, ...names, from, report }));
  const { ends = defaultWriteSettings.ends } = flags;
  const settings = { report, scheme, tokenize, idComments, offsetUnit, modelVersion, ends };
  await write(samples, { to, output, settings }, terminal);
  report.end();
  terminal.note(`${tally.texts()} texts with ${tally.mentions()} mentions read as ${from}, written as ${to}`);
  return report.badRows() > 0 ? exitCodes.failed : exitCodes.done;
}

/** Detecting a format reads ahead, so the standard input is kept in a file meanwhile. */
async function keepStandardInput({ stdin, signal }: Terminal, temporary: AsyncDisposableStack): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'el4ner-'));
  temporary.defer(() => rm(directory, { recursive: true }));
  const path = join(directory, 'stdin');
  await pipeline(stdin, createWriteStream(path), { signal });
  return path;
}

const formatsByExtension: Readonly<Record<string, DatasetFormatName>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.conll': 'conll',
  '.bio': 'conll',
  '.iob': 'conll',
  '.iob2': 'conll',
  '.tsv': 'conll',
  '.pubtator': 'pubtator',
};

function formatOfName(output: string): DatasetFormatName {
  const extension = extname(output).toLowerCase();
  const format = output === '-' ? 'jsonl' : formatsByExtension[extension];
  if (format !== undefined) return format;
  throw new NerError(`The name ${output} does not tell a format. Say which it is to have with --to.`, { code: 'usage' });
}

/** @throws {NerError} `usage` if the output is the input or a part of it. */
async function requireOther(input: string, output: string): Promise<void> {
  const [from, to] = await Promise.all([input, output].map((path) => realpath(path).catch(() => undefined)));
  if (from === undefined || to === undefined) return;
  const standoff = /\.(?:txt|ann)$/;
  const isWithin = !relative(from, to).startsWith('..') && standoff.test(to);
  const isPair = standoff.test(from) && standoff.test(to) && from.replace(standoff, '') === to.replace(standoff, '');
  if (from === to || isWithin || isPair) {
    throw new NerError(`${output} is the input or a part of it, which is never overwritten. Give another path.`, { code: 'usage' });
  }
}

interface Target {
  readonly to: DatasetFormatName;
  readonly output: string;
  readonly settings: WriteSettings;
}

async function write(samples: AsyncIterable<Sample>, { to, output, settings }: Target, { print }: Terminal): Promise<void> {
  const format = datasetFormats[to];
  if (format.output === 'none') throw new NerError(`The format ${to} has no room for mentions; it can only be read.`, { code: 'usage' });
  const written = format.keepsScores ? samples : withoutScores(samples, settings.report);
  if (format.output === 'directory') {
    if (output === '-') throw new NerError(`The format ${to} is a directory of files. Give a path for it.`, { code: 'usage' });
    await writeWholeDirectory(output, format.write(written, settings));
  } else if (output === '-') {
    for await (const piece of format.write(written, settings)) await print(piece);
  } else {
    await writeWholeFile(output, format.write(written, settings));
  }
}

async function* withoutScores(samples: AsyncIterable<Sample>, { count }: Report): AsyncGenerator<Sample, void, undefined> {
  for await (const sample of samples) {
    for (const { score } of sample.entities) if (score !== undefined) count('scores of mentions, left out');
    yield sample;
  }
}

/** Texts between two reports of progress. */
const progressInterval = 1000;

function createTally({ signal, progress }: Terminal) {
  let texts = 0;
  let mentions = 0;
  return {
    texts: () => texts,
    mentions: () => mentions,
    async *counted(samples: AsyncIterable<Sample>): AsyncGenerator<Sample, void, undefined> {
      for await (const sample of samples) {
        signal.throwIfAborted();
        texts++;
        mentions += sample.entities.length;
        if (texts % progressInterval === 0) progress(`${texts} texts`);
        yield sample;
      }
    },
  };
}

const expectedLabels = 'a JSON array of names, or an object with "features" or "id2label"';

/** @param flag - names with commas between them, or `@` and the path of a JSON file. */
async function readLabels(flag: string): Promise<readonly string[]> {
  if (!flag.startsWith('@')) return flag.split(',').map((name) => name.trim());
  const path = flag.slice(1);
  const text = await readTextFile(path, expectedLabels);
  try {
    return labelNames.parse(JSON.parse(text));
  } catch (cause) {
    throw new NerError(`${path} has no names of labels; expected ${expectedLabels}.`, { code: 'unreadable-input', path }, { cause });
  }
}
