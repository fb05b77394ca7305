import { conllevalCounts, type TaggedSentence } from '../../evaluation/conlleval.ts';
import { matchCounts, type SchemeCounts } from '../../evaluation/nervaluate.ts';
import { boundaryCounts, type Counts, type TypeCounts, typeCounts } from '../../evaluation/scorer.ts';
import { type StrictScheme, taggedSpans } from '../../evaluation/tagged-spans.ts';
import type { LabelledPair } from './span-pairs.ts';

/** All that is counted in one document. */
export interface DocumentScore {
  readonly perType: TypeCounts;
  /** With types ignored. */
  readonly boundary: Counts;
  /** Missing where mentions are compared by their text. */
  readonly matches?: SchemeCounts;
  /** Missing where there are no tokens. */
  readonly tags?: TagCounts;
}

interface TagCounts {
  readonly tokens: number;
  /** Tokens whose two tags are equal. */
  readonly correctTags: number;
}

/** Scores as conlleval does. */
export function scoreAsConlleval(sentences: readonly TaggedSentence[]): readonly DocumentScore[] {
  const counted = conllevalCounts(sentences);
  return sentences.map(({ gold, predicted }, index) => {
    const { chunks = new Map(), tokens = 0, correctTags = 0 } = counted[index] ?? {};
    const [goldSpans, predictedSpans] = [taggedSpans(gold, 'conlleval'), taggedSpans(predicted, 'conlleval')];
    return {
      perType: chunks,
      boundary: boundaryCounts(goldSpans, predictedSpans),
      matches: matchCounts(goldSpans, predictedSpans),
      tags: { tokens, correctTags },
    };
  });
}

/** Scores the mentions that strictly read tags stand for. */
export function scoreStrictly(sentences: readonly TaggedSentence[], scheme: StrictScheme): readonly DocumentScore[] {
  return sentences.map(({ gold, predicted }) => ({
    ...scoreSpans(taggedSpans(gold, scheme), taggedSpans(predicted, scheme)),
    tags: { tokens: gold.length, correctTags: gold.filter((tag, index) => tag === predicted[index]).length },
  }));
}

/** Scores character spans, or the distinct strings of the mentions. */
export function scorePairs(pairs: readonly LabelledPair[], match: 'spans' | 'text'): readonly DocumentScore[] {
  return pairs.map(({ text, gold, predicted }) => {
    if (match === 'spans') return scoreSpans(gold, predicted);
    const stringOf = ({ start, end }: { readonly start: number; readonly end: number }) => text.slice(start, end);
    return { perType: typeCounts(gold, predicted, stringOf), boundary: boundaryCounts(gold, predicted, stringOf) };
  });
}

function scoreSpans(gold: LabelledPair['gold'], predicted: LabelledPair['gold']): DocumentScore {
  return {
    perType: typeCounts(gold, predicted),
    boundary: boundaryCounts(gold, predicted),
    matches: matchCounts(gold, predicted),
  };
}
