import type { Document } from '../document/document.ts';
import type { EntityType } from '../document/entity-type.ts';
import type { Mention } from '../document/mention.ts';
import type { Span } from '../document/span.ts';
import type { LeftOutSentence, RankedDemonstration } from '../pool/demonstration.ts';
import type { QuerySpans } from '../pool/span-sources.ts';
import type { TaskContext } from '../prompting/task.ts';
import type { Call } from './ensemble.ts';
import type { Voting } from './vote.ts';

/** A string that a model wrote and that is nowhere in the text. */
export interface Hallucination {
  readonly modelId: string;
  readonly stage: 'pre-extract' | 'extract' | 'joint';
  readonly reply: string;
}

/** What retrieval saw and chose. */
export interface Retrieval {
  /** The spans that stood for the text; empty where retrieval did not ask for any. */
  readonly querySpans: readonly Span[];
  /** Where they come from; `none` where retrieval compares no spans. */
  readonly querySpanSource: QuerySpans | 'none';
  /** Best first. */
  readonly demonstrations: readonly RankedDemonstration[];
  /** Of the k best ranked those that are no demonstrations. */
  readonly leftOut: readonly LeftOutSentence[];
  /** Only where fewer were chosen than there are, for want of room: how many fewer, and why, as a sentence. */
  readonly cut?: { readonly count: number; readonly reason: string };
}

/** What decides on mentions, so that whoever reads a trace can follow it. */
export type Decision =
  | {
      readonly by: 'votes';
      /** How votes on types are counted, … */
      readonly votesOnTypes: Voting;
      /** … and those of verifiers. */
      readonly verdicts: Voting;
      /** What members weigh; others weigh 1. */
      readonly weights: Readonly<Record<string, number>>;
      /** Least mean probability of yes that accepts, in [0, 1]. */
      readonly threshold: number;
    }
  | {
      readonly by: 'calibration';
      /** Least probability of a mention of each type that is given out, in [0, 1]. Scores are these probabilities. */
      readonly thresholds: Readonly<Record<string, number>>;
    };

/** A document on its way through the pipeline, with the record of every decision so far. */
export interface TracedDocument<M extends Mention = Mention> extends Document<M> {
  readonly types: readonly EntityType[];
  readonly retrieval: Retrieval;
  readonly hallucinations: readonly Hallucination[];
  /** In the order of stages, and within one in the order of the ensemble. */
  readonly calls: readonly Call[];
  /** Known once all stages are done. */
  readonly decision?: Decision;
}

/** What every task about the document shares; the best demonstration comes last, next to the text. */
export function taskContext(document: TracedDocument): TaskContext {
  const demonstrations = document.retrieval.demonstrations.map(({ sentence }) => sentence).reverse();
  return { types: document.types, demonstrations, text: document.text };
}
