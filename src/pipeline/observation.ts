import { none } from '../document/entity-type.ts';
import type { TypedSpan } from '../document/labelled.ts';
import type { Verdict, Vote } from '../document/mention.ts';
import { type Span, sameSpan } from '../document/span.ts';
import { isDecidedHere } from './merge-windows.ts';
import type { Recognition } from './recognition.ts';

/** What the members said of a span: all that a decision about it can stand on. */
export interface Evidence {
  readonly proposals: readonly { readonly modelId: string; readonly probability?: number }[];
  readonly votes: readonly Vote[];
  readonly verdicts: readonly Verdict[];
}

/** Evidence, and what the span really is. */
export interface ObservedSpan extends Evidence {
  /** The gold types of exactly this span; several where mentions of one span nest. */
  readonly gold: readonly string[];
}

/** A labelled sentence that the members have not seen, and what they made of it. */
export interface ObservedSentence {
  readonly id: string;
  readonly spans: readonly ObservedSpan[];
  /** The types of all gold mentions, also of those that nobody proposed. */
  readonly gold: readonly string[];
}

/** What is known of an ensemble by its answers on labelled sentences. */
export interface Calibration {
  /** URIs of the members, in their order. */
  readonly members: readonly string[];
  readonly types: readonly string[];
  readonly sentences: readonly ObservedSentence[];
}

/** The evidence of a sentence on which every member was asked about every span and nothing was rejected for what they said. */
export function observe({ id, trace }: Recognition, gold: readonly TypedSpan[]): ObservedSentence {
  const spans = trace.flatMap(({ start, document }) =>
    document.mentions.filter(isDecidedHere).map((mention): ObservedSpan => {
      const span: Span = { start: mention.start + start, end: mention.end + start };
      return {
        proposals: mention.proposals.map(({ modelId, probability }) => ({
          modelId,
          ...(probability === undefined ? {} : { probability }),
        })),
        votes: mention.votes,
        verdicts: mention.verdicts,
        gold: gold.filter((other) => sameSpan(other, span)).map(({ type }) => type),
      };
    }),
  );
  return { id, spans, gold: gold.map(({ type }) => type) };
}

/** The type as which a member alone would give a span out: it proposed the span, and typed it. */
export function assertedType(member: string, { proposals, votes }: Evidence): string | undefined {
  const isProposed = proposals.some(({ modelId }) => modelId === member);
  const choice = votes.find(({ modelId }) => modelId === member)?.choice;
  return isProposed && choice !== none ? choice : undefined;
}
