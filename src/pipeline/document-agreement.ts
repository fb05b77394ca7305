import type { Verified } from '../document/mention.ts';
import type { Disagreement, TracedWindow } from './recognition.ts';

/** What is done about strings that a document has as several types. */
export const documentAgreements = ['none', 'report', 'majority'] as const;
export type DocumentAgreement = (typeof documentAgreements)[number];

interface Agreed {
  readonly trace: readonly TracedWindow[];
  readonly disagreements: readonly Disagreement[];
}

/**
 * Finds strings that a document has as several types, and by `majority` gives all their mentions the type that most of them have; of equal numbers
 * the one with the higher scores in all, of those the one that comes first in the document. White space of any kind and length is one space.
 */
export function agree(trace: readonly TracedWindow[], how: Exclude<DocumentAgreement, 'none'>): Agreed {
  const said = trace.flatMap(({ document }) =>
    document.mentions
      .filter((mention) => mention.status === 'verified')
      .map((mention) => ({ mention, string: stringOf(mention, document) })),
  );
  const divided = [...Map.groupBy(said, ({ string }) => string)]
    .map(([text, group]) => ({ text, ballots: ballotsOf(group.map(({ mention }) => mention)) }))
    .filter(({ ballots }) => ballots.length > 1);
  const disagreements = divided.map(({ text, ballots }) => ({
    text,
    types: Object.fromEntries(ballots.map(({ type, mentions }) => [type, mentions])),
  }));
  if (how === 'report') return { trace, disagreements };
  const winners = new Map(divided.map(({ text, ballots }) => [text, ballots[0]?.type]));
  return { trace: trace.map((window) => withTypes(window, winners)), disagreements };
}

/** The types of mentions of a string, the winner first. */
function ballotsOf(mentions: readonly Verified[]) {
  const byType = [...Map.groupBy(mentions, ({ type }) => type)];
  return byType
    .map(([type, group]) => ({ type, mentions: group.length, score: group.reduce((sum, { score }) => sum + score, 0) }))
    .sort((a, b) => b.mentions - a.mentions || b.score - a.score);
}

function withTypes({ start, document }: TracedWindow, types: ReadonlyMap<string, string | undefined>): TracedWindow {
  const mentions = document.mentions.map((mention) => {
    const type = mention.status === 'verified' ? types.get(stringOf(mention, document)) : undefined;
    return type === undefined || type === mention.type || mention.status === 'rejected'
      ? mention
      : { ...mention, type, outvoted: mention.type };
  });
  return { start, document: { ...document, mentions } };
}

function stringOf({ start, end }: Verified, { text }: TracedWindow['document']): string {
  return text.slice(start, end).replace(/\s+/g, ' ');
}
