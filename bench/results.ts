/**
 * Runs the ablation on each set and writes docs/results.md:
 *
 *     node bench/results.ts DATA OUT [LIMIT]
 *
 * DATA is a folder with one folder a set, in it the JSON Lines files named in sets.ts (`el4ner datasets get NAME --out DATA/NAME` writes those
 * that are public under their own address). OUT keeps the journals, so that an interrupted run goes on, and the experiments. LIMIT is
 * how many sentences of each set are scored, by default 200.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Experiment } from '../src/experiment/experiment.ts';
import type { Row } from '../src/experiment/row.ts';
import { benchSets } from './sets.ts';

/** What the figures say, in words that they have to bear out. */
const reading = `What the run of 2026-11-22 says, for models of 3.4 million parameters:

- **One joint pass of one member** is better than the whole pipeline on jnlpba, wikigold and genia-nested (p < 0.05 for all three members) and on
  bc5cdr (the biomedical member, p = 0.015), and nowhere significantly worse: these models were trained too little on classifying and verifying.
- **Verification** by the default verifier hurts on wikigold and genia-nested (p < 0.001), at the edge on litbank-nested (p = 0.05), and makes no
  significant difference elsewhere.
- **Demonstrations** do not help: k = 0 is significantly better than 5 on wnut17 and genia-nested, k = 1 and 2 on litbank-nested, and on
  genia-nested so is chance than SpanSim. k = 8 and 16 are alike because only what fits a context of 512 tokens is shown.
- **Union** is better than intersection on bc5cdr, jnlpba, wikigold and genia-nested (p < 0.05) and than majority on jnlpba.

None of this carries over to models of several billion parameters; run \`el4ner eval --ablate\` with yours.`;

const [data, out, limit = '200'] = process.argv.slice(2);
if (data === undefined || out === undefined) throw new Error('Expected: node bench/results.ts DATA OUT [LIMIT]');
await mkdir(out, { recursive: true });
const cli = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const sections: string[] = [];
let machine = '';
for (const set of benchSets) {
  const file = (split: string) => join(data, set.name, `${split}.jsonl`);
  if (!(await exists(file(set.data)))) {
    console.error(`${file(set.data)} is missing; the set is left out.`);
    continue;
  }
  const json = join(out, `${set.name}.json`);
  const flags = ['--data', file(set.data), '--pool', file(set.pool), '--limit', limit, '--ablate'];
  const more = 'overlaps' in set ? ['--overlaps', set.overlaps] : [];
  if (!(await exists(json))) {
    console.error(`${new Date().toISOString()} ${set.name}`);
    await promisify(execFile)(process.execPath, [cli, 'eval', ...flags, ...more, '--journal', `${json}.journal`, '--json', json]);
  }
  const experiment = JSON.parse(await readFile(json, 'utf8')) as Experiment; // `eval --json` wrote it
  machine = `${experiment.manifest.machine}, Node ${experiment.manifest.node}, ${experiment.manifest.date.slice(0, 10)}`;
  sections.push(section(set, experiment, more));
  await writeFile(new URL('../docs/results.md', import.meta.url), page());
}

function page(): string {
  return `# Results

The bundled ensemble on public sets, with every part of the pipeline changed in turn. \`node bench/results.ts DATA OUT ${limit}\` writes this page;
the sets are described in [datasets.md](datasets.md) (GENIA's nested form and LitBank's have to be brought as JSON Lines by yourself).
Each set: at most ${limit} sentences chosen by seed 0 of the split named, demonstrations from the whole pool named. Strict spans and types, micro, in
percent, with 95 % bootstrap intervals over sentences; ΔF1 and p (paired approximate randomisation) against \`full\`. Calls and seconds are those
about the scored sentences; seconds are the models' time, one call after the other.

${machine}.

The bundled models were trained on the train splits of these sets, on all of wikigold and on abstracts of GENIA, so that this says what the
parts of the pipeline are worth and not how good the models are on texts that they do not know. wikigold above all measures memory.

${reading}

${sections.join('\n')}`;
}

function section(set: (typeof benchSets)[number], { rows, manifest }: Experiment, more: readonly string[]): string {
  const header =
    '| system | P | R | F1 | 95 % | ΔF1 | p | calls | seconds | invented | unreadable |\n|---|---|---|---|---|---|---|---|---|---|---|';
  return `## ${set.name}

${rows[0]?.documents ?? 0} sentences of ${set.data}, pool ${set.pool}${more.length > 0 ? ', nested' : ''}; types: ${manifest.types.join(', ')}.

${header}
${rows.map(line).join('\n')}
`;
}

function line({ name, micro, intervals, comparison, calls, seconds, hallucinated, malformed }: Row): string {
  const percent = (ratio: number) => (100 * ratio).toFixed(1);
  const cells = [
    name,
    percent(micro.precision),
    percent(micro.recall),
    percent(micro.f1),
    intervals.f1.map(percent).join('–'),
    comparison === undefined ? '' : percent(comparison.f1),
    comparison === undefined ? '' : comparison.p.toFixed(3),
    calls,
    seconds.toFixed(0),
    hallucinated,
    malformed,
  ];
  return `| ${cells.join(' | ')} |`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
