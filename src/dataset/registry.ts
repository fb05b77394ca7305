import { usageError } from '../error.ts';
import type { NamedDataset } from './named-dataset.ts';
import { nearName } from './near-name.ts';
import { biomedicalDatasets } from './registry-biomedical.ts';
import { generalDatasets } from './registry-general.ts';

/** The data sets that can be fetched by their name. */
export const namedDatasets: readonly NamedDataset[] = [...generalDatasets, ...biomedicalDatasets];

/**
 * The data set of a name, whatever its case.
 * @throws {NerError} `usage` if none of the data sets has this name; the message proposes the one that is likely meant.
 */
export function findDataset(name: string, datasets: readonly NamedDataset[]): NamedDataset {
  const found = datasets.find((dataset) => dataset.name === name.toLowerCase());
  if (found !== undefined) return found;
  const names = datasets.map((dataset) => dataset.name);
  const near = nearName(name, names);
  const advice = near === undefined ? '' : ` Did you mean ${near}?`;
  throw usageError(`There is no data set "${name}"; expected one of ${names.join(', ')}.${advice}`);
}
