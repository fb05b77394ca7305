import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { isObject } from '../../dataset/json-shapes.ts';
import { readTextFile } from '../../dataset/text-file.ts';
import { NerError } from '../../error.ts';
import { ratios, sumCounts } from '../../evaluation/scorer.ts';
import { pairedRandomization } from '../../evaluation/significance.ts';
import type { Manifest } from '../../experiment/manifest.ts';
import { parseStored } from '../../experiment/stored-json.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { alignedTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { percent, signed } from './figures.ts';

const shuffles = 10_000;

const count = z.int().min(0);

/** What is used of an experiment; its ratios are those of its counts. */
const experimentSchema = z.object({
  manifest: z.looseObject({ seed: count }),
  rows: z.array(
    z.object({
      name: z.string(),
      perDocument: z.array(z.object({ id: z.string(), truePositives: count, falsePositives: count, falseNegatives: count })),
    }),
  ),
});
type ComparedExperiment = z.infer<typeof experimentSchema>;
type ComparedRow = ComparedExperiment['rows'][number];

/** What of the manifests is compared: what may make the results others. */
const decisive: readonly (keyof Manifest)[] = [
  'version',
  'models',
  'data',
  'pool',
  'index',
  'embedder',
  'types',
  'inventory',
  'limit',
  'seed',
  'options',
  'nodeLlamaCpp',
];

/**
 * Two experiments row by row: the F1 of both, the second minus the first, and how easily chance makes so great a difference. Rows are compared that have one
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
    return [
      row.name,
      ...[row, other].map(({ perDocument }) => percent(ratios(sumCounts(perDocument)).f1)),
      signed(difference.f1),
      p.f1.toFixed(3),
    ];
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
  for (const difference of differences(a.manifest, b.manifest)) terminal.note(`They differ in ${difference}.`);
  const table = alignedTable([['system', 'first F1', 'second F1', 'second − first', 'p'], ...lines], { right: [1, 2, 3, 4] });
  await terminal.print(`${table.join('\n')}\n`);
  return exitCodes.done;
}

interface SharedRow {
  readonly row: ComparedRow;
  readonly other: ComparedRow;
}

function haveSameDocuments({ row, other }: SharedRow): boolean {
  const ids = ({ perDocument }: ComparedRow): readonly string[] => perDocument.map(({ id }) => id);
  return isDeepStrictEqual(ids(row), ids(other));
}

function namesBut(rows: readonly ComparedRow[], shared: readonly SharedRow[]): readonly string[] {
  return rows.map(({ name }) => name).filter((name) => !shared.some(({ row }) => row.name === name));
}

/** In what manifests differ that may make the results others; of options each by its name. */
function differences(a: ComparedExperiment['manifest'], b: ComparedExperiment['manifest']): readonly string[] {
  return decisive.flatMap((key) => {
    const [one, other] = [a[key], b[key]];
    if (JSON.stringify(one) === JSON.stringify(other)) return [];
    if (key !== 'options' || !isObject(one) || !isObject(other)) return [key];
    const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return [`options: ${names.filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name])).join(', ')}`];
  });
}

async function readExperiment(path: string): Promise<ComparedExperiment> {
  const text = await readTextFile(path, 'the JSON of an experiment, as eval --json writes it,');
  return parseStored(
    text,
    experimentSchema,
    (problem, cause) =>
      new NerError(
        `${path} is no experiment (${problem}); expected a file that eval --json wrote.`,
        { code: 'unreadable-input', path },
        { cause },
      ),
  );
}
