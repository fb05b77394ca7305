import type { LabelledSentence } from '../../document/labelled.ts';
import type { DemonstrationSelection, RankedDemonstration } from '../../pool/demonstration.ts';
import type { RankedSentence } from '../../pool/ranked-sentences.ts';
import { type SelectionCandidate, selectDemonstrations } from '../../pool/selection.ts';
import type { Retrieval } from '../traced-document.ts';
import { type DemonstrationIndex, type Query, type Ranker, rankerFor } from './rank.ts';

/** How many demonstrations there are to be, and which. */
export interface ChoiceOptions {
  readonly k: number;
  readonly selection: DemonstrationSelection;
  /** Names of the types that demonstrations show: others would teach answers that no vote allows. */
  readonly types: ReadonlySet<string>;
  /** Why so many demonstrations, the most similar one last, are too many, as a sentence; `undefined` where they are not. */
  readonly tooMany: (demonstrations: readonly LabelledSentence[]) => string | undefined;
}

/** What retrieval chose from a pool. */
export type ChosenDemonstrations = Pick<Retrieval, 'demonstrations' | 'leftOut' | 'cut'>;

export const noDemonstrations: ChosenDemonstrations = { demonstrations: [], leftOut: [] };

/**
 * Chooses at most k demonstrations from the best ranked sentences of the pool, fewer where there is no room for so many. A sentence that
 * is the text itself is left out unless the selection allows it: it would give the answer away.
 * Deviation: what the paper does then is not known.
 */
export async function chooseDemonstrations(
  index: DemonstrationIndex,
  query: Query,
  options: ChoiceOptions,
  signal: AbortSignal,
): Promise<ChosenDemonstrations> {
  const { k, tooMany } = options;
  const ranker = await rankerFor(index, query, signal);
  const choose = (count: number) => chooseSoMany(index, { ranker, text: query.text }, count, options);
  const wanted = choose(k);
  let chosen = wanted;
  let reason: string | undefined;
  while (chosen.demonstrations.length > 0) {
    const found = tooMany(chosen.demonstrations.map(({ sentence }) => sentence).reverse());
    if (found === undefined) break;
    reason = found;
    chosen = choose(chosen.demonstrations.length - 1);
  }
  if (reason === undefined) return chosen;
  return { ...chosen, cut: { count: wanted.demonstrations.length - chosen.demonstrations.length, reason } };
}

/** How many of the best ranked are looked at: so many more than are wanted, since some may be the text itself, and a multiple for a choice. */
const spare = 8;
const candidatesPerChoice = 4;

function chooseSoMany(
  { pool }: DemonstrationIndex,
  { ranker, text }: { readonly ranker: Ranker; readonly text: string },
  count: number,
  { selection, types }: ChoiceOptions,
): ChosenDemonstrations {
  if (count === 0) return noDemonstrations;
  const { coverSpans, ...others } = selection;
  const isPlain = !coverSpans && !others.coverTypes && others.diversity === undefined && others.nearDuplicates === undefined;
  const spanWeights = coverSpans ? ranker.spanWeights : undefined;
  const candidate = ({ sentence: place, score }: RankedSentence, at: number): Candidate => {
    const { sentence } = pool.at(place);
    return {
      place,
      rank: at + 1,
      score,
      sentence: { ...sentence, entities: sentence.entities.filter(({ type }) => types.has(type)) },
      vector: others.diversity === undefined ? undefined : pool.sentenceVectors.row(place),
      spanSimilarities: spanWeights && spanSimilarities(ranker.explain(place), spanWeights.length),
    };
  };
  for (let looked = (isPlain ? count : candidatesPerChoice * count) + spare; ; looked *= 2) {
    const ranked = ranker.best(looked).map(candidate);
    const { chosen, reasons, leftOut } = selectDemonstrations(ranked, count, { ...others, query: text, coverSpans: spanWeights });
    if (chosen.length < count && ranked.length === looked) continue;
    return {
      demonstrations: chosen.map((candidate) => demonstration(candidate, ranker, reasons.get(candidate))),
      leftOut: Array.from(leftOut, ([{ sentence, rank, score }, reason]) => ({ sentence, rank, score, reason })),
    };
  }
}

interface Candidate extends SelectionCandidate {
  /** In the pool. */
  readonly place: number;
  readonly rank: number;
}

function demonstration({ place, sentence, rank, score }: Candidate, ranker: Ranker, reason: string | undefined): RankedDemonstration {
  const { by, explain } = ranker;
  return { sentence, rank, score, by, matches: explain(place), ...(reason === undefined ? {} : { reason }) };
}

/** A sentence without spans is as unlike each span as can be. */
function spanSimilarities(matches: RankedDemonstration['matches'], count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => matches[at]?.cosine ?? -1);
}
