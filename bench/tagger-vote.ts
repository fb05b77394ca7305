/**
 * What `pool:tagger` is worth as one more voter where nobody has calibrated, by the size of the pool:
 *
 *     node bench/tagger-vote.ts DATA OUT [--sets wnut17,re3d] [--sizes 20,100,500] [--limit 60] [--docs]
 *
 * DATA, sets and pools are those of learning-curves.ts, one pool of each size. OUT keeps what is done, so that an interrupted run goes on. With
 * `--docs` the table is written into docs/calibration.md.
 */
import { mkdir } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Counts, ratios, strictCounts, sumCounts } from '../src/evaluation/scorer.ts';
import { pairedRandomization } from '../src/evaluation/significance.ts';
import { bundledUris } from '../src/model/bundled.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { openModel } from '../src/model/open.ts';
import { remembering } from '../src/model/remember.ts';
import { taggerId } from '../src/pool/tagger/tagger-member.ts';
import { wordEmbedder } from '../src/pool/word-embedder.ts';
import { keptCell } from './kept-cell.ts';
import { writeIntoPlace } from './marked-place.ts';
import { type LocatedSet, locateSets } from './sets.ts';
import { foundBy, mostUnknown, unseenPool } from './unseen.ts';

/** What became of the scored sentences with one pool, sentence by sentence. */
interface Cell {
  readonly set: string;
  readonly size: number;
  readonly without: readonly Counts[];
  readonly withTagger: readonly Counts[];
}

const { values: flags, positionals } = parseArgs({
  options: {
    sets: { type: 'string' },
    sizes: { type: 'string', default: '20,100,500' },
    limit: { type: 'string', default: '60' },
    docs: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [data, out] = positionals;
if (data === undefined || out === undefined) throw new Error('Expected: node bench/tagger-vote.ts DATA OUT');
await mkdir(out, { recursive: true });
const { signal } = new AbortController();
const embedder = await wordEmbedder();
const models: LanguageModel[] = [];
for (const uri of await bundledUris()) models.push(await openModel(uri));
const wanted = flags.sets?.split(',');
// wikigold has no sentences that the models have not learnt from.
const sets = (await locateSets(data)).filter(({ name }) => wanted?.includes(name) ?? name !== 'wikigold');
const sizes = flags.sizes.split(',').map(Number);
const cells: Cell[] = [];
for (const size of sizes) {
  for (const set of sets) if (set.isKnown || size <= mostUnknown) cells.push(await kept(set, size));
}
const report = table();
process.stdout.write(report);
if (flags.docs) await writeIntoPlace(new URL('../docs/calibration.md', import.meta.url), 'the vote of the tagger', report);
process.exit();

async function kept(set: LocatedSet, size: number): Promise<Cell> {
  const path = join(out ?? '', `${set.name}-${size}-${flags.limit}.json`);
  return keptCell(path, () => {
    console.error(`${new Date().toISOString()} ${set.name}, ${size} sentences`);
    return measured(set, size);
  });
}

async function measured(set: LocatedSet, size: number): Promise<Cell> {
  const { scored, types, index } = await unseenPool(set, { limit: Number(flags.limit), size, seed: 0, embedder }, signal);
  const shared = models.map((model) => remembering(model));
  const options = { types, index, embedder, overlaps: set.nested ? ('nested' as const) : ('flat' as const) };
  const counts = async (members: readonly (LanguageModel | string)[]): Promise<readonly Counts[]> => {
    const found = await foundBy({ ...options, models: members }, scored, signal);
    return found.map((entities, at) => strictCounts(scored[at]?.entities ?? [], entities));
  };
  return { set: set.name, size, without: await counts(shared), withTagger: await counts([...shared, taggerId]) };
}

function table(): string {
  const machine = `${availableParallelism()} cores, ${cpus()[0]?.model}, Node ${process.version.slice(1)}, ${new Date().toISOString().slice(0, 10)}`;
  const pair = (of: readonly Cell[], f1: (key: 'without' | 'withTagger') => number) =>
    of.length === 0 ? '' : `${percent(f1('without'))} → ${percent(f1('withTagger'))}`;
  const rows = sets.map(({ name }) => {
    const figures = sizes.map((size) => {
      const own = cells.filter((cell) => cell.set === name && cell.size === size);
      return pair(own, (key) => f1Of(own.flatMap((cell) => cell[key])));
    });
    return `| ${name} | ${figures.join(' | ')} |`;
  });
  const of = (size: number) => cells.filter((cell) => cell.size === size);
  const means = sizes.map((size) => pair(of(size), (key) => of(size).reduce((sum, cell) => sum + f1Of(cell[key]), 0) / of(size).length));
  const { difference, p } = pairedRandomization(
    cells.flatMap(({ withTagger }) => withTagger),
    cells.flatMap(({ without }) => without),
    { shuffles: 10_000, seed: 0 },
  );
  return [
    `\`node bench/tagger-vote.ts DATA OUT --sizes ${flags.sizes} --limit ${flags.limit}\`; ${machine}. Strict micro-F1 in percent of ${flags.limit} test sentences,`,
    'by votes of the bundled models alone and with `pool:tagger`, by the sentences of the pool:',
    '',
    `| | ${sizes.join(' | ')} |`,
    `| --- | ${sizes.map(() => '---:').join(' | ')} |`,
    ...rows,
    `| mean | ${means.join(' | ')} |`,
    '',
    `All mentions taken together, the difference is ${(100 * difference.f1).toFixed(1)} (p = ${p.f1.toFixed(4)}).`,
    '',
  ].join('\n');
}

function f1Of(counts: readonly Counts[]): number {
  return ratios(sumCounts(counts)).f1;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
