import { detectFormat } from '../dataset/detect-format.ts';
import { defaultWriteSettings } from '../dataset/format.ts';
import { labelNames } from '../dataset/hf.ts';
import { readSamples } from '../dataset/read-samples.ts';
import type { Sample } from '../dataset/sample.ts';
import { readTextFile } from '../dataset/text-file.ts';
import { NerError } from '../error.ts';
import { idleFlagNotes } from './convert/idle-flags.ts';
import { formatOfName, requireOther, writeSamples } from './convert/output.ts';
import { createDataReport } from './data-report.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import type { ConvertFlags } from './flags.ts';
import { withStandardInput } from './standard-input.ts';
import type { Terminal } from './terminal.ts';

/**
 * `el4ner convert`: writes a data set in another format. What the other format has no room for, and what was bad, is counted and told.
 * @param input - a path, or `-` for the standard input.
 * @param output - a path, or `-` for the standard output. Files appear whole or not at all; the input is never written to.
 * @throws {NerError} `usage`, or `unreadable-input` for a bad row unless such rows are skipped.
 */
export async function convert(input: string, output: string, flags: ConvertFlags, terminal: Terminal): Promise<ExitCode> {
  if (input !== '-') return convertFile(input, output, flags, terminal);
  return withStandardInput(terminal, (path, named) => convertFile(path, output, flags, named));
}

async function convertFile(path: string, output: string, flags: ConvertFlags, terminal: Terminal): Promise<ExitCode> {
  // What is left of the flags are settings of readers and writers.
  const { from: givenFrom, to: givenTo, skipBad, labels, ...settings } = flags;
  const to = givenTo ?? formatOfName(output);
  const from = givenFrom ?? (await detectFormat(path));
  await requireOther(path, { path: output, format: to });
  for (const line of idleFlagNotes(flags, { from, to })) terminal.note(line);

  const report = createDataReport(terminal, { skipBad });
  const names = labels === undefined ? {} : { labels: await readLabels(labels) };
  const tally = createTally(terminal);
  const samples = tally.counted(readSamples(path, { ...settings, ...names, from, report }));
  await writeSamples(samples, { path: output, format: to }, { ...defaultWriteSettings, ...settings, report }, terminal);
  report.end();
  terminal.note(`${tally.texts()} texts with ${tally.mentions()} mentions read as ${from}, written as ${to}`);
  return report.badRows() > 0 ? exitCodes.failed : exitCodes.done;
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
