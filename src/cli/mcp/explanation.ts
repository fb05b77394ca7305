import type { Rejected, Verified } from '../../document/mention.ts';
import type { Span } from '../../document/span.ts';
import type { Recognition, TracedWindow } from '../../pipeline/recognition.ts';
import type { ExplainedMention, Explanation } from './schemas.ts';

/**
 * A recognition that tells only of mentions on these places.
 * @param mention - is looked for as it is; `undefined` for everything.
 */
export function about(recognition: Recognition, mention: string | undefined): Recognition {
  if (mention === undefined) return recognition;
  const places = placesOf(mention, recognition.text);
  const narrowed = ({ start, document }: TracedWindow): TracedWindow => {
    const isThere = (one: Span): boolean => places.some((place) => one.start + start < place.end && place.start < one.end + start);
    return { start, document: { ...document, mentions: document.mentions.filter(isThere) } };
  };
  return { ...recognition, trace: recognition.trace.map(narrowed) };
}

/** Every decision of a recognition, as data; offsets count from the start of the document. */
export function explanationOf({ text, trace, degraded }: Recognition): Explanation {
  const demonstrations = trace.flatMap(({ document }) => document.retrieval.demonstrations);
  return {
    mentions: trace
      .flatMap(({ start, document }) => document.mentions.map((mention) => explained(text, mention, start)))
      .sort((a, b) => a.start - b.start || b.end - a.end),
    demonstrations: demonstrations.map(({ sentence, score }) => ({ id: sentence.id, text: sentence.text, score })),
    hallucinations: trace.flatMap(({ document }) =>
      document.hallucinations.map(({ modelId, stage, reply }) => ({ modelId, stage, reply })),
    ),
    ...(degraded.length === 0 ? {} : { degraded }),
  };
}

/** What to say first where no model proposed what is asked about; else nothing. */
export function absence({ text, trace }: Recognition, mention: string | undefined): string {
  if (mention === undefined || trace.some(({ document }) => document.mentions.length > 0)) return '';
  return text.includes(mention)
    ? `No model proposed ${JSON.stringify(mention)}. More demonstrations of its kind in the pool, or a definition of its type, may help.\n`
    : `The text does not have ${JSON.stringify(mention)}, letter by letter.\n`;
}

function placesOf(mention: string, text: string): readonly Span[] {
  const places: Span[] = [];
  for (let at = text.indexOf(mention); at !== -1; at = text.indexOf(mention, at + 1)) places.push({ start: at, end: at + mention.length });
  return places;
}

function explained(text: string, mention: Verified | Rejected, offset: number): ExplainedMention {
  const [start, end] = [mention.start + offset, mention.end + offset];
  const { type, proposals, votes, verdicts } = mention;
  return {
    start,
    end,
    text: text.slice(start, end),
    status: mention.status === 'verified' ? 'found' : 'rejected',
    ...(type === undefined ? {} : { type }),
    ...(mention.status === 'verified' ? { score: mention.score } : { rejectedBy: mention.stage, reason: mention.reason }),
    proposals: proposals.map(({ modelId, reply, alignment, ...told }) => ({ modelId, reply, alignment, ...believed(told) })),
    votes: votes.map(({ modelId, choice, ...told }) => ({ modelId, choice, ...believed(told) })),
    verdicts: verdicts.map(({ modelId, type, accepted, ...told }) => ({ modelId, type, accepted, ...believed(told) })),
  };
}

function believed({ probability }: { readonly probability?: number }): { probability?: number } {
  return probability === undefined ? {} : { probability };
}
