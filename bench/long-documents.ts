/**
 * Whether windows of a long document should share sentences, and what that costs: F1 and tokens of documents that are consecutive sentences of public
 * sets, cut into windows of some sizes with and without overlap, against the same sentences one by one. Prints a line of JSON, and a table a set for
 * people to stderr:
 *
 *     node bench/long-documents.ts DATA [--documents 6] [--sentences 20]
 *
 * DATA is a folder as for results.ts.
 */
import { Console } from 'node:console';
import { parseArgs } from 'node:util';
import { readJsonl } from '../src/dataset/jsonl.ts';
import type { LabelledText } from '../src/document/labelled.ts';
import { bootstrapIntervals } from '../src/evaluation/intervals.ts';
import { type Counts, ratios, strictCounts, sumCounts } from '../src/evaluation/scorer.ts';
import { sampleSentences } from '../src/experiment/experiment.ts';
import { bundledModels } from '../src/model/bundled.ts';
import { openModel } from '../src/model/open.ts';
import type { RecognizerOptions } from '../src/pipeline/options.ts';
import { createRecognizer } from '../src/pipeline/recognizer.ts';
import { type LocatedSet, locateSets } from './sets.ts';
import { unseenMaterial } from './unseen.ts';

const setNames = ['bc5cdr', 'litbank-nested'];
const poolSize = 200;

const { values: flags, positionals } = parseArgs({
  options: { documents: { type: 'string', default: '6' }, sentences: { type: 'string', default: '20' } },
  allowPositionals: true,
});
const [data] = positionals;
if (data === undefined) throw new Error('Expected the folder of the data sets: node bench/long-documents.ts DATA');
const models = await Promise.all((await bundledModels()).map(({ name }) => openModel(`nano:${name}`)));
const windowings: readonly Pick<RecognizerOptions, 'windowLength' | 'windowOverlap'>[] = [250, 400, 600, 900].flatMap((windowLength) =>
  [0, 1].map((windowOverlap) => ({ windowLength, windowOverlap })),
);

const results: { readonly set: string; readonly rows: readonly Row[] }[] = [];
for (const set of (await locateSets(data)).filter(({ name }) => setNames.includes(name))) {
  const sentences = await consecutive(set, Number(flags.documents), Number(flags.sentences));
  const documents = sentences.map(joined);
  const { rest, types } = await unseenMaterial(set, 0);
  const scored = new Set(sentences.flat().map(({ text }) => text));
  const pool = sampleSentences(
    rest.filter(({ text }) => !scored.has(text)),
    poolSize,
    0,
  );
  const options = { types, pool, models, overlaps: set.nested ? 'nested' : 'flat' } as const;
  const rows: Row[] = [{ windows: 'sentences one by one', ...(await scoreOf(sentences.flat(), options)) }];
  for (const cut of windowings) {
    const windows = `${cut.windowLength} characters, ${cut.windowOverlap} shared`;
    rows.push({ windows, ...(await scoreOf(documents, { ...options, ...cut })) });
  }
  results.push({ set: set.name, rows });
  console.error(`\n${set.name}: ${documents.length} documents of ${flags.sentences} sentences`);
  new Console(process.stderr).table(
    rows.map(({ windows, f1, interval, evaluated, seconds }) => ({
      windows,
      F1: percent(f1),
      interval: interval.map(percent).join('–'),
      evaluated,
      seconds: seconds.toFixed(1),
    })),
  );
}
process.stdout.write(`${JSON.stringify({ name: 'long-documents', sets: results })}\n`);
for (const model of models) await model[Symbol.asyncDispose]();
process.exit();

/** What cutting in one way came to. */
interface Row {
  readonly windows: string;
  readonly f1: number;
  readonly interval: readonly number[];
  /** Tokens that the models read. */
  readonly evaluated: number;
  readonly seconds: number;
}

/** Runs of sentences that follow one another, from places spread over the set. */
async function consecutive({ dataPath }: LocatedSet, documents: number, length: number): Promise<readonly (readonly LabelledText[])[]> {
  const all = await Array.fromAsync(readJsonl(dataPath));
  const step = Math.floor(all.length / documents);
  return Array.from({ length: documents }, (_, at) => all.slice(at * step, at * step + length));
}

function joined(sentences: readonly LabelledText[]): LabelledText {
  let text = '';
  const entities: LabelledText['entities'][number][] = [];
  for (const sentence of sentences) {
    if (text !== '') text += ' ';
    for (const entity of sentence.entities) entities.push({ ...entity, start: entity.start + text.length, end: entity.end + text.length });
    text += sentence.text;
  }
  return { text, entities };
}

async function scoreOf(labelled: readonly LabelledText[], options: RecognizerOptions) {
  await using recognizer = await createRecognizer(options);
  const started = performance.now();
  const counts: Counts[] = [];
  let evaluated = 0;
  for await (const result of recognizer.recognizeAll(labelled.map(({ text }) => text))) {
    if (result.status === 'failed') throw result.error;
    evaluated += result.usage.promptTokens - result.usage.cachedTokens;
    counts.push(strictCounts(labelled[counts.length]?.entities ?? [], result.entities));
  }
  const { f1: interval } = bootstrapIntervals(counts, { resamples: 1000, level: 0.95, seed: 0 });
  return { f1: ratios(sumCounts(counts)).f1, interval, evaluated, seconds: (performance.now() - started) / 1000 };
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
