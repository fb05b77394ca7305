import { characterKind } from '../../document/boundaries.ts';
import type { Span } from '../../document/span.ts';
import { englishTagger } from '../part-of-speech.ts';

/** A token, and what is known of it by itself. */
export interface Token extends Span {
  readonly exact: string;
  readonly lower: string;
  /** Its characters by kind, long runs made short, for example `Aaa`, `A0` or `-`. */
  readonly shape: string;
  /** Whether it stands directly behind the token before it. */
  readonly isGlued: boolean;
  /** Part of speech, a tag of Universal Dependencies; left out where the tagger of English does not tell. */
  readonly partOfSpeech?: string;
}

/** Reads a text as the tagger labels it. */
export type Reader = (text: string) => readonly Token[];

export async function textReader(): Promise<Reader> {
  const partsOfSpeech = await englishTagger();
  return (text) => {
    const spans = tokensOf(text);
    const tagged = spans.length === 0 ? [] : partsOfSpeech(text);
    let place = 0;
    return spans.map(({ start, end }, at): Token => {
      while (place < tagged.length && (tagged[place]?.end ?? 0) <= start) place++;
      const here = tagged[place];
      const exact = text.slice(start, end);
      return {
        start,
        end,
        exact,
        lower: exact.toLowerCase(),
        shape: shapeOf(exact),
        isGlued: at > 0 && spans[at - 1]?.end === start,
        ...(here !== undefined && here.start <= start ? { partOfSpeech: here.tag } : {}),
      };
    });
  };
}

const token = /[\p{L}\p{M}\p{Cf}]+|\p{N}+|[^\s\p{L}\p{M}\p{Cf}\p{N}]/gu;
/** Scripts that do not space words begin with Thai. */
const beyondSpacedScripts = /[^\0-\u0dff]/;
const attached = /^[\p{M}\p{Cf}]/u;

/**
 * The tokens of a text in order of reading: runs of letters, runs of digits, and every other mark by itself; white space is in none. Nearly
 * all mentions begin and end between two of them (`IL-2` is three). In scripts that do not space words each character is one, with its marks.
 */
export function tokensOf(text: string): readonly Span[] {
  const tokens: Span[] = [];
  for (const { 0: found, index } of text.matchAll(token)) {
    const span = { start: index, end: index + found.length };
    if (beyondSpacedScripts.test(found)) tokens.push(...partedByScript(found, index));
    else tokens.push(span);
  }
  return tokens;
}

function* partedByScript(found: string, offset: number): Generator<Span, void, undefined> {
  let start = 0;
  let at = 0;
  let wasUnspaced = false;
  for (const character of found) {
    if (!attached.test(character)) {
      const isUnspaced = characterKind(character) === 'unspaced';
      if (at > start && (isUnspaced || wasUnspaced)) {
        yield { start: offset + start, end: offset + at };
        start = at;
      }
      wasUnspaced = isUnspaced;
    }
    at += character.length;
  }
  yield { start: offset + start, end: offset + at };
}

/** Longest run of one kind that a shape shows, of upper-case letters and digits; of others two. */
const longestRun = 3;

function shapeOf(text: string): string {
  let shape = '';
  let [kind, run] = ['', 0];
  for (const character of text) {
    const next = kindOf(character);
    run = next === kind ? run + 1 : 1;
    kind = next;
    if (run <= (next === 'a' ? 2 : longestRun)) shape += next;
  }
  return shape;
}

function kindOf(character: string): string {
  if (/\p{Lu}/u.test(character)) return 'A';
  if (/[\p{L}\p{M}]/u.test(character)) return 'a';
  return /\p{N}/u.test(character) ? '0' : character;
}
