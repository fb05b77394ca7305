import { detectFormat } from './detect-format.ts';
import { type DatasetFormatName, defaultReadSettings, type ReadSettings } from './format.ts';
import { datasetFormats } from './formats.ts';
import type { Report } from './report.ts';
import type { Sample } from './sample.ts';

/** How {@link readSamples} is to read; what is left out is as {@link defaultReadSettings} says. */
export interface ReadSamplesOptions extends Partial<ReadSettings> {
  readonly report: Report;
  /** The format; if it is left out, the data tell, see {@link detectFormat}. */
  readonly from?: DatasetFormatName | undefined;
}

/**
 * The samples of a data set in any format, read as they are asked for.
 * @throws {NerError} `unreadable-input` if there is nothing, if the format is not clear, or for the first bad row unless the report takes
 * such rows.
 */
export async function* readSamples(path: string, { from, ...options }: ReadSamplesOptions): AsyncGenerator<Sample, void, undefined> {
  const format = from ?? (await detectFormat(path));
  yield* datasetFormats[format].read(path, { ...defaultReadSettings, ...options });
}
