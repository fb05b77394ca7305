import { join } from 'node:path';
import { bySpan, spanKey } from '../document/span.ts';
import { type CachedFile, licenceNote } from './cache.ts';
import { readConll } from './conll.ts';
import { defaultReadSettings, defaultWriteSettings, type ReadSettings } from './format.ts';
import { readHf } from './hf.ts';
import { writeJsonl } from './jsonl.ts';
import { makeDirectory } from './make-directory.ts';
import type { NamedDataset, SplitName } from './named-dataset.ts';
import { unwritable } from './partial-file.ts';
import type { Report } from './report.ts';
import type { Sample } from './sample.ts';
import { writeWholeFile } from './whole-file.ts';

/** A split as a file of JSON Lines. */
export interface WrittenSplit {
  readonly split: SplitName;
  readonly path: string;
  readonly sentences: number;
  readonly mentions: number;
}

export interface SplitOptions {
  readonly directory: string;
  /** Whether the text is running text again, or has a space between any two tokens. */
  readonly detokenize: boolean;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Writes each split of a data set as JSON Lines, `train.jsonl` and so on, with its licence beside them. Files of these names are replaced.
 * @param files - the data set's, see `fetchDataset`.
 * @throws {NerError} `unreadable-input` with file and line for what cannot be read; `usage` if the directory cannot be written to.
 * @throws `signal.reason` once the signal is aborted; the split in work is not written then.
 */
export async function writeSplits(
  dataset: NamedDataset,
  files: readonly CachedFile[],
  { directory, detokenize, report, signal }: SplitOptions,
): Promise<readonly WrittenSplit[]> {
  await makeDirectory(directory).catch((cause: unknown) => {
    throw unwritable(directory, cause);
  });
  const written: WrittenSplit[] = [];
  for (const [split, parts] of Map.groupBy(files, (file) => file.split)) {
    const path = join(directory, `${split}.jsonl`);
    const tally = { sentences: 0, mentions: 0 };
    const samples = async function* (): AsyncGenerator<Sample, void, undefined> {
      for (const part of parts) {
        for await (const sample of samplesOf(part.path, dataset, { ...defaultReadSettings, detokenize, report })) {
          signal.throwIfAborted();
          tally.sentences++;
          tally.mentions += sample.entities.length;
          yield sample;
        }
      }
    };
    await writeWholeFile(path, writeJsonl(samples(), { ...defaultWriteSettings, report }));
    written.push({ split, path, ...tally });
  }
  await writeWholeFile(join(directory, 'LICENSE.txt'), licenceNote(dataset));
  return written;
}

/** The samples of a file, with the types as the data set lists them. */
async function* samplesOf(path: string, { format, types }: NamedDataset, settings: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  const listed = new Map(types.map((type) => [type.toLowerCase(), type]));
  const samples =
    format.name === 'hf'
      ? readHf(path, { ...settings, labels: format.labels })
      : overlaid(format.tagColumns.map((tagColumn) => readConll(path, { ...settings, tagColumn })));
  for await (const sample of samples) {
    yield {
      ...sample,
      entities: sample.entities.map((entity) => ({ ...entity, type: listed.get(entity.type.toLowerCase()) ?? entity.type })),
    };
  }
}

/** The same samples read several times, with the mentions of all readings; what two of them have is one mention. */
async function* overlaid(readings: readonly AsyncGenerator<Sample, void, undefined>[]): AsyncGenerator<Sample, void, undefined> {
  try {
    while (true) {
      const layers: Sample[] = [];
      for (const reading of readings) {
        const next = await reading.next();
        if (next.done !== true) layers.push(next.value);
      }
      const [sample] = layers;
      if (sample === undefined) return;
      const mentions = new Map(layers.flatMap(({ entities }) => entities.map((entity) => [`${spanKey(entity)} ${entity.type}`, entity])));
      yield { ...sample, entities: [...mentions.values()].sort(bySpan) };
    }
  } finally {
    for (const reading of readings) await reading.return();
  }
}
