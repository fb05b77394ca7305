import { ratios } from '../evaluation/scorer.ts';
import { bundledUris } from '../model/bundled.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { openModel } from '../model/open.ts';
import { remembering } from '../model/remember.ts';
import type { Recognition } from '../pipeline/recognition.ts';
import { type Domain, sampleCorpus } from './demo/corpus.ts';
import {
  addOutcome,
  membersAlone,
  noOutcome,
  type Outcome,
  runSystem,
  type System,
  voteOfAll,
  wholePipeline,
  withTagger,
} from './demo/systems.ts';
import { percent } from './eval/figures.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { highlight } from './highlight.ts';
import { renderStory } from './story.ts';
import { alignedTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Texts of each domain that are shown with their entities. */
const shownTexts = 3;

/**
 * `el4ner demo`: the bundled ensemble on the sample corpus. Shows entities in texts of every domain, tells how one document was
 * decided, and scores each member alone, the vote, the whole pipeline and what is usual on all test sentences.
 */
export async function demoCommand(terminal: Terminal): Promise<ExitCode> {
  const { signal, colours, print, progress } = terminal;
  const started = performance.now();
  const domains = await sampleCorpus();
  await using opened = new AsyncDisposableStack();
  const models: LanguageModel[] = [];
  for (const uri of await bundledUris()) models.push(remembering(opened.use(await openModel(uri))));
  const alone = membersAlone(models);
  const together = [voteOfAll(models), wholePipeline(models)];
  const usual = withTagger(models);
  const outcomes = new Map<string, readonly Outcome[]>([...alone, ...together, usual].map(({ name }) => [name, []]));
  let told: Recognition | undefined;

  await print(
    `${introduction(
      domains,
      models.map(({ id }) => id),
    )}\n`,
  );
  for (const domain of domains) {
    const run = async (system: System): Promise<readonly Recognition[]> => {
      progress(`${domain.name}: ${system.name}`);
      const { recognitions, outcome } = await runSystem(system, domain, signal);
      outcomes.set(system.name, [...(outcomes.get(system.name) ?? []), outcome]);
      return recognitions;
    };
    await Promise.all(alone.map(run));
    for (const system of together) await run(system);
    const recognitions = await run(usual);
    await print(`\n${colours.bold(domain.name)}\n${showEntities(recognitions, domain, terminal)}`);
    told = mostTelling([...(told === undefined ? [] : [told]), ...recognitions]);
  }
  if (told !== undefined) await print(`\n${colours.bold('How one of them was decided')}\n${told.text}\n\n${renderStory(told, colours)}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  await print(
    `\n${colours.bold('Strict micro-F1 (offsets and type) in percent')}\n${scoreTable(domains, outcomes, terminal)}\n${remarks}\n\nAll of this took ${seconds} s.\n`,
  );
  return exitCodes.done;
}

const remarks = `calls and seconds: all questions to models about these test sentences and for preparing the pools, and the time that their
answers took one after the other; an equal question is answered once and counted for every row. Members alone are not verified.
pool:tagger learns from the pool, is no language model, and is in no figure of calls and seconds; it is a member where no models are named.`;

function introduction(domains: readonly Domain[], models: readonly string[]): string {
  const count = (split: 'pool' | 'test') => domains.reduce((sum, domain) => sum + domain[split].length, 0);
  return `${models.join(', ')} on the sample corpus: demonstrations from ${count('pool')} labelled sentences, ${count('test')} others to find entities in.`;
}

/** The first texts in which something was found. */
function showEntities(recognitions: readonly Recognition[], domain: Domain, { colours }: Terminal): string {
  const names = domain.types.map(({ name }) => name);
  const found = recognitions.filter(({ entities }) => entities.length > 0).slice(0, shownTexts);
  return found.map(({ text, entities }) => `  ${highlight(text, entities, colours, names)}\n`).join('');
}

/** The document that shows most of the pipeline: entities that passed, and mentions that the vote and the verifier took out. */
function mostTelling(recognitions: readonly Recognition[]): Recognition | undefined {
  const kinds = ({ trace }: Recognition): number => {
    const mentions = trace.flatMap(({ document }) => document.mentions);
    return new Set(mentions.map((mention) => (mention.status === 'rejected' ? mention.stage : mention.status))).size;
  };
  const length = ({ trace }: Recognition): number => trace.flatMap(({ document }) => document.mentions).length;
  return recognitions.toSorted((a, b) => kinds(b) - kinds(a) || Math.abs(length(a) - 5) - Math.abs(length(b) - 5))[0];
}

function scoreTable(domains: readonly Domain[], outcomes: ReadonlyMap<string, readonly Outcome[]>, { colours }: Terminal): string {
  const header = ['', ...domains.map(({ name }) => name), 'all', 'precision', 'recall', 'calls', 'seconds'];
  const rows = Array.from(outcomes, ([name, perDomain]) => {
    const all = perDomain.reduce(addOutcome, noOutcome);
    const { precision, recall, f1 } = ratios(all.counts);
    const domainF1 = perDomain.map(({ counts }) => percent(ratios(counts).f1));
    return [name, ...domainF1, percent(f1), percent(precision), percent(recall), String(all.calls), all.modelSeconds.toFixed(1)];
  });
  const right = header.map((_, column) => column).slice(1);
  const style = (cell: string, _: number, row: number) => (row === 0 ? colours.dim(cell) : cell);
  return `${alignedTable([header, ...rows], { right, style }).join('\n')}\n`;
}
