import { NerError } from '../error.ts';
import type { NamedDataset } from './named-dataset.ts';
import { biomedicalDatasets } from './registry-biomedical.ts';
import { generalDatasets } from './registry-general.ts';

/** The data sets that can be fetched by their name. */
export const namedDatasets: readonly NamedDataset[] = [...generalDatasets, ...biomedicalDatasets];

/** @throws {NerError} `usage` if none of the data sets has this name. */
export function findDataset(name: string, datasets: readonly NamedDataset[]): NamedDataset {
  const found = datasets.find((dataset) => dataset.name === name);
  if (found !== undefined) return found;
  const names = datasets.map((dataset) => dataset.name).join(', ');
  throw new NerError(`There is no data set "${name}"; expected one of ${names}.`, { code: 'usage' });
}
