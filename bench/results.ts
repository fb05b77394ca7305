/**
 * Runs the ablation on each set and writes docs/results.md:
 *
 *     node bench/results.ts DATA OUT [LIMIT]
 *
 * DATA is a folder with one folder a set, in it the JSON Lines files that sets.ts names (`el4ner datasets get NAME --out DATA/NAME` writes those
 * that are public under their own address). OUT keeps journals and experiments, so that an interrupted run goes on. LIMIT is how many
 * sentences of each set are scored, by default 100.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { discoveries } from '../src/evaluation/discoveries.ts';
import type { Experiment } from '../src/experiment/experiment.ts';
import type { Row } from '../src/experiment/row.ts';
import { bundledUris } from '../src/model/bundled.ts';
import { keptExperiment } from './kept-experiment.ts';
import { type LocatedSet, locateSets } from './sets.ts';

/** Sentences of a pool that demonstrations come from. */
const poolLimit = 500;

/** Share of the differences said to stand that may be chance. */
const falseDiscoveryRate = 0.05;

interface Result {
  readonly set: LocatedSet;
  readonly experiment: Experiment;
}

const [data, out, limit = '100'] = process.argv.slice(2);
if (data === undefined || out === undefined) throw new Error('Expected: node bench/results.ts DATA OUT [LIMIT]');
await mkdir(out, { recursive: true });
const results: Result[] = [];
for (const set of await locateSets(data)) {
  console.error(`${new Date().toISOString()} ${set.name}`);
  results.push({ set, experiment: await experimentOn(set, join(out, `${set.name}-${limit}.json`)) });
  await writeFile(new URL('../docs/results.md', import.meta.url), await page());
}

async function experimentOn(set: LocatedSet, json: string): Promise<Experiment> {
  return keptExperiment(json, [
    '--models',
    (await bundledUris()).join(','),
    '--data',
    set.dataPath,
    '--pool',
    set.poolPath,
    '--limit',
    limit,
    '--pool-limit',
    String(poolLimit),
    '--ablate',
    ...(set.nested ? ['--overlaps', 'nested'] : []),
  ]);
}

async function page(): Promise<string> {
  const [{ experiment } = { experiment: undefined }] = results;
  const models = (experiment?.manifest.models ?? []).map(({ id, sha256 = '' }) => `\`${id}\` ${sha256.slice(0, 12)}`).join(', ');
  // Written by hand about these very models; about others it says nothing.
  const commentary = await readFile(new URL('results-commentary.md', import.meta.url), 'utf8').catch(() => '');
  const isAbout = (experiment?.manifest.models ?? []).every(({ sha256 = '' }) => commentary.includes(sha256.slice(0, 12)));
  return `# Results

The bundled ensemble on public sets, with every part of the pipeline changed in turn. \`node bench/results.ts DATA OUT ${limit}\` writes this page;
[datasets.md](datasets.md) says how to get the sets (the nested form of GENIA and re3d have to be brought as JSON Lines by yourself).
Of each set the sentences are chosen by seed 0 from the split named, and so are at most ${poolLimit} of the pool named. Strict spans and types, micro,
in percent, with 95 % bootstrap intervals over sentences; ΔF1 and p (paired approximate randomisation, 10,000 shuffles) against \`full\`. Calls,
tokens and seconds are those about the scored sentences; seconds are the models' time on a machine that may have had other work.

Models by their files' SHA-256: ${models}; el4ner ${experiment?.manifest.version ?? ''}.

The bundled models have learnt from the train splits of these sets, from all of wikigold and from abstracts of GENIA, so that this says what the
parts of the pipeline are worth and not how good the models are on texts that they do not know; wikigold above all measures memory.
They know neither the texts nor most types of ${
    results
      .filter(({ set }) => !set.isKnown)
      .map(({ set }) => set.name)
      .join(', ') || 're3d'
  }.

## What changes what

The mean of ΔF1 over the ${results.length} sets, and the sets where the difference stands at a false discovery rate of ${100 * falseDiscoveryRate} % over all tests of this page.

${summary()}
${isAbout ? `\n${commentary.replace(/^<!--.*-->\n/, '').trim()}\n` : ''}
${results.map(section).join('\n')}`;
}

function summary(): string {
  const tests = results.flatMap(({ set, experiment }) =>
    experiment.rows.flatMap(({ name, comparison }) => (comparison === undefined ? [] : [{ set: set.name, name, ...comparison }])),
  );
  const stands = discoveries(
    tests.map(({ p }) => p),
    falseDiscoveryRate,
  );
  const standing = new Set(tests.filter((_, index) => stands[index]));
  const lines = Array.from(
    Map.groupBy(tests, ({ name }) => name),
    ([name, all]) => {
      const where = (isBetter: boolean) => all.filter((test) => standing.has(test) && test.f1 > 0 === isBetter).map((test) => test.set);
      const mean = all.reduce((sum, { f1 }) => sum + f1, 0) / all.length;
      return `| ${name} | ${signed(mean)} | ${where(true).join(', ')} | ${where(false).join(', ')} |`;
    },
  );
  return `| instead of \`full\` | mean ΔF1 | better on | worse on |\n|---|---|---|---|\n${lines.join('\n')}\n`;
}

function section({ set, experiment: { rows, manifest } }: Result): string {
  const header = 'system | P | R | F1 | 95 % | ΔF1 | p | calls | prompt tokens | reply tokens | seconds | invented | unreadable';
  const nested = set.nested ? ', nested' : '';
  return `## ${set.name}

${rows[0]?.documents ?? 0} sentences of ${set.data}, pool ${set.pool}${nested}; types: ${manifest.types.join(', ')}.
${manifest.machine}, Node ${manifest.node}, ${manifest.date.slice(0, 10)}.

| ${header} |
|${'---|'.repeat(header.split('|').length)}
${rows.map(line).join('\n')}
`;
}

function line({ name, micro, intervals, comparison, calls, tokens, seconds, hallucinated, malformed }: Row): string {
  const cells = [
    name,
    percent(micro.precision),
    percent(micro.recall),
    percent(micro.f1),
    intervals.f1.map(percent).join('–'),
    comparison === undefined ? '' : signed(comparison.f1),
    comparison === undefined ? '' : comparison.p < 0.001 ? '< 0.001' : comparison.p.toFixed(3),
    calls,
    tokens.prompt,
    tokens.reply,
    seconds.toFixed(0),
    hallucinated,
    malformed,
  ];
  return `| ${cells.join(' | ')} |`;
}

function percent(ratio: number): string {
  return (100 * ratio).toFixed(1);
}

function signed(ratio: number): string {
  return `${ratio < 0 ? '−' : '+'}${percent(Math.abs(ratio))}`;
}
