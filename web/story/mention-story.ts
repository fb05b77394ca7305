import type { Rejected, Verified } from '../../src/document/mention.ts';
import { overlap, type Span, sameSpan } from '../../src/document/span.ts';
import type { TracedWindow } from '../../src/pipeline/recognition.ts';
import type { RankedDemonstration } from '../../src/pool/demonstration.ts';

/** A demonstration, and which of its spans are like a mention. */
export interface StoryDemonstration {
  readonly demonstration: RankedDemonstration;
  /** For each part of the mention that was compared the most similar span of the demonstration; highest cosine first. */
  readonly alike: readonly { readonly query: string; readonly candidate: Span; readonly cosine: number; readonly weight: number }[];
}

/** How one mention came about; of a span that nobody proposed only what is known of its window. */
export interface MentionStory {
  readonly mention: Verified | Rejected | undefined;
  /** Models that looked for mentions and did not propose it. */
  readonly silent: readonly string[];
  readonly demonstrations: readonly StoryDemonstration[];
  /** Its window, with all that the models were asked. */
  readonly document: TracedWindow['document'];
}

/**
 * Finds the story of a span in a trace.
 * @param span - in the whole text.
 * @param isRejected - which is looked for first, where a span was rejected in one window and accepted in another.
 * @returns `undefined` if no window holds the span.
 */
export function storyOf(windows: readonly TracedWindow[], span: Span, isRejected: boolean): MentionStory | undefined {
  const holding = windows.filter(({ start, document }) => span.start >= start && span.end <= start + document.text.length);
  const found = holding.flatMap((window) => {
    const local = { start: span.start - window.start, end: span.end - window.start };
    return window.document.mentions.filter((mention) => sameSpan(mention, local)).map((mention) => ({ window, mention }));
  });
  const wanted =
    found.find(({ mention }) => (mention.status === 'rejected' && mention.stage !== 'merge') === isRejected) ??
    found.find(({ mention }) => mention.status === 'verified') ??
    found[0];
  const window = wanted?.window ?? holding[0];
  if (window === undefined) return undefined;
  const { calls } = window.document;
  const proposers = wanted?.mention.proposals.map(({ modelId }) => modelId) ?? [];
  const searchers = calls.filter(({ stage }) => stage === 'extract' || stage === 'joint').map(({ modelId }) => modelId);
  return {
    mention: wanted?.mention,
    silent: [...new Set(searchers)].filter((model) => !proposers.includes(model)),
    demonstrations: demonstrationsOf(window, { start: span.start - window.start, end: span.end - window.start }),
    document: window.document,
  };
}

function demonstrationsOf({ document: { text, retrieval } }: TracedWindow, span: Span): readonly StoryDemonstration[] {
  return retrieval.demonstrations.map((demonstration) => ({
    demonstration,
    alike: demonstration.matches
      .filter(({ query }) => overlap(query, span))
      .map(({ query, candidate, cosine, weight }) => ({ query: text.slice(query.start, query.end), candidate, cosine, weight }))
      .sort((a, b) => b.cosine - a.cosine),
  }));
}
