import type { Span } from '../document/span.ts';
import type { WriteSettings } from './format.ts';
import { inCodePoints, type Sample } from './sample.ts';
import { tokensAround } from './tokens.ts';

/**
 * Tasks of Prodigy, for `ner_manual`, `spans_manual` and their kin: `{"text", "tokens", "spans"}`. Tokens are those of the sample, or words and
 * marks, cut where a mention begins or ends, so that Prodigy finds every mention on tokens; one that begins or ends in white space has no
 * `token_start`. Offsets are in code points. `readSpacy` reads them.
 */
export async function* writeProdigy(samples: AsyncIterable<Sample>, { tokenize }: WriteSettings): AsyncGenerator<string, void, undefined> {
  for await (const sample of samples) {
    const { id, text, entities } = sample;
    const tokens = tokensAround(sample, tokenize);
    const starts = new Map(tokens.map(({ start }, index) => [start, index]));
    const ends = new Map(tokens.map(({ end }, index) => [end, index]));
    const offsets = inCodePoints(text, tokens);
    const words = tokens.map((token, index) => ({ text: wordOf(text, token), ...offsets[index], id: index, ws: isSpace(text[token.end]) }));
    const spans = inCodePoints(text, entities).map(({ start, end, type, score }, index) => {
      const [first, last] = [starts.get(entities[index]?.start ?? -1), ends.get(entities[index]?.end ?? -1)];
      const place = first === undefined || last === undefined ? {} : { token_start: first, token_end: last };
      return { start, end, ...place, label: type, score };
    });
    yield `${JSON.stringify({ id, text, tokens: words, spans })}\n`;
  }
}

function wordOf(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}
