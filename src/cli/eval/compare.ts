import { isDeepStrictEqual } from 'node:util';
import { readTextFile } from '../../dataset/text-file.ts';
import { NerError } from '../../error.ts';
import { pairedRandomization } from '../../evaluation/significance.ts';
import type { Experiment } from '../../experiment/experiment.ts';
import type { Row } from '../../experiment/row.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { alignedTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { percent, signed } from './figures.ts';

const shuffles = 10_000;

/**
 * Two experiments row by row: the F1 of both, the difference and how easily chance makes one so great. Rows are compared that have one
 * name and the same documents.
 * @throws {NerError} `unreadable-input` for a file that is no experiment, `usage` if no row can be compared.
 */
export async function compareExperiments(
  [first, second]: readonly [string, string],
  terminal: Pick<Terminal, 'note' | 'print'>,
): Promise<ExitCode> {
  const [a, b] = [await readExperiment(first), await readExperiment(second)];
  const shared = a.rows.flatMap((row) => {
    const other = b.rows.find(({ name }) => name === row.name);
    return other === undefined ? [] : [{ row, other }];
  });
  const lines = shared.filter(haveSameDocuments).map(({ row, other }) => {
    const { difference, p } = pairedRandomization(other.perDocument, row.perDocument, { shuffles, seed: a.manifest.seed });
    return [row.name, percent(row.micro.f1), percent(other.micro.f1), signed(difference.f1), p.f1.toFixed(3)];
  });
  const leftOut = [
    { why: `only ${first} has`, names: namesBut(a.rows, shared) },
    { why: `only ${second} has`, names: namesBut(b.rows, shared) },
    { why: 'on other documents', names: shared.filter((pair) => !haveSameDocuments(pair)).map(({ row }) => row.name) },
  ].filter(({ names }) => names.length > 0);
  for (const { why, names } of leftOut) terminal.note(`Not compared, ${why}: ${names.join(', ')}.`);
  if (lines.length === 0) {
    throw new NerError(`${first} and ${second} have no row of one name on the same documents; there is nothing to compare.`, {
      code: 'usage',
    });
  }
  for (const key of ['version', 'models', 'data', 'pool', 'types', 'inventory', 'limit', 'seed', 'options'] as const) {
    if (JSON.stringify(a.manifest[key]) !== JSON.stringify(b.manifest[key])) terminal.note(`They differ in ${key}.`);
  }
  const table = alignedTable([['system', 'first F1', 'second F1', 'difference', 'p'], ...lines], { right: [1, 2, 3, 4] });
  await terminal.print(`${table.join('\n')}\n`);
  return exitCodes.done;
}

interface SharedRow {
  readonly row: Row;
  readonly other: Row;
}

function haveSameDocuments({ row, other }: SharedRow): boolean {
  const ids = ({ perDocument }: Row): readonly string[] => perDocument.map(({ id }) => id);
  return isDeepStrictEqual(ids(row), ids(other));
}

function namesBut(rows: readonly Row[], shared: readonly SharedRow[]): readonly string[] {
  return rows.map(({ name }) => name).filter((name) => !shared.some(({ row }) => row.name === name));
}

async function readExperiment(path: string): Promise<Experiment> {
  const text = await readTextFile(path, 'the JSON of an experiment, as eval --json writes it,');
  const failed = (cause?: unknown): NerError =>
    new NerError(`${path} is no experiment; expected a file that eval --json wrote.`, { code: 'unreadable-input', path }, { cause });
  let value: Experiment;
  try {
    value = JSON.parse(text) as Experiment; // checked below as far as it is used
  } catch (cause) {
    throw failed(cause);
  }
  const isWhole =
    Array.isArray(value?.rows) && value.rows.every(({ micro, perDocument }) => micro !== undefined && Array.isArray(perDocument));
  if (!isWhole || value.manifest?.seed === undefined) throw failed();
  return value;
}
