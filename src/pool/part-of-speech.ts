import type { ItemToken } from 'wink-nlp';
import type { Span } from '../document/span.ts';

/** How much a span counts in retrieval, by the part of speech of its head. */
export interface PartOfSpeechWeights {
  readonly properNoun: number;
  readonly noun: number;
  readonly pronoun: number;
  readonly other: number;
}

/** The values of a public re-implementation; the paper's own are not known. */
export const defaultPartOfSpeechWeights: PartOfSpeechWeights = { properNoun: 4, noun: 2, pronoun: 1, other: 0 };

/** Weighs the spans of a text by their heads in context. */
export type SpanWeigher = (text: string, spans: readonly Span[]) => readonly number[];

/** A token with its part of speech, a tag of Universal Dependencies such as `PROPN`. */
interface TaggedToken extends Span {
  readonly tag: string;
}

/** Letters of other scripts than Latin, which the English tagger cannot read. */
const foreignLetter = /(?!\p{Script=Latin})\p{L}/u;

/**
 * A weigher for English. The head of a span is its last noun, proper noun or pronoun before a preposition, else its last word.
 * A span with letters of another script than Latin weighs as a noun, since its words cannot be told apart.
 * @param given - in place of the default weights; all, some or none of them.
 */
export async function englishSpanWeigher(given: Partial<PartOfSpeechWeights> = {}): Promise<SpanWeigher> {
  const tag = await englishTagger();
  const weights = { ...defaultPartOfSpeechWeights, ...given };
  const byTag: Readonly<Record<string, number>> = { PROPN: weights.properNoun, NOUN: weights.noun, PRON: weights.pronoun };
  return (text, spans) => {
    const tokens = spans.length === 0 ? [] : tag(text);
    return spans.map((span) => {
      if (foreignLetter.test(text.slice(span.start, span.end))) return weights.noun;
      const head = headOf(tokens.filter((token) => token.start < span.end && span.start < token.end));
      return byTag[head?.tag ?? ''] ?? weights.other;
    });
  };
}

function headOf(tokens: readonly TaggedToken[]): TaggedToken | undefined {
  const preposition = tokens.findIndex((token, index) => index > 0 && token.tag === 'ADP');
  const phrase = preposition < 0 ? tokens : tokens.slice(0, preposition);
  return phrase.findLast(({ tag }) => tag === 'PROPN' || tag === 'NOUN' || tag === 'PRON') ?? phrase.at(-1);
}

/** The tagger's model can be loaded only once a process: loading it changes it. */
let loading: Promise<Tagger> | undefined;

/** Gives the tokens of a text in order of reading. Those that it cannot tell apart in the text are left out. */
export type Tagger = (text: string) => readonly TaggedToken[];

/** The tagger of English; loaded once, however often it is asked for. */
export function englishTagger(): Promise<Tagger> {
  loading ??= loadEnglishTagger();
  return loading;
}

async function loadEnglishTagger(): Promise<Tagger> {
  const [{ default: winkNlp }, { default: model }] = await Promise.all([import('wink-nlp'), import('wink-eng-lite-web-model')]);
  const nlp = winkNlp(model, ['sbd', 'pos']);
  return (text) => {
    const tokens: TaggedToken[] = [];
    let end = 0;
    nlp
      .readDoc(text)
      .tokens()
      .each((token: ItemToken) => {
        const value = token.out();
        const start = text.indexOf(value, end);
        if (start < 0) return; // the tagger rewrote the token; its neighbours still stand where they are
        end = start + value.length;
        tokens.push({ start, end, tag: token.out(nlp.its.pos) });
      });
    return tokens;
  };
}
