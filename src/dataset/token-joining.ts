import { characterKind } from '../document/boundaries.ts';
import { bySpan, type Span } from '../document/span.ts';
import type { Report } from './report.ts';
import type { Sample, SampleName } from './sample.ts';
import type { TaggedMention } from './tag-schemes.ts';

/** A text made of tokens. */
export interface JoinedTokens {
  readonly text: string;
  /** One for each token. */
  readonly tokens: readonly Span[];
}

/** Joins tokens with one space between any two. */
export function spaced(tokens: readonly string[]): JoinedTokens {
  return joined(tokens, () => true);
}

/** How tokenizers of the Penn Treebank write what is special to it. */
const escapes: Readonly<Record<string, string>> = {
  '-LRB-': '(',
  '-RRB-': ')',
  '-LSB-': '[',
  '-RSB-': ']',
  '-LCB-': '{',
  '-RCB-': '}',
  '``': '"',
  "''": '"',
};
/** No space comes before these, … */
const closing = /^(?:[,.;:!?)\]}»”’…،؛؟।]+|n['’]t|['’](?:s|m|d|re|ve|ll)?)$/i;
/** … and none after these. */
const opening = /^[([{«“‘¿¡]+$/;
/** Joined to the word after them. */
const prefix = /^[#@]$/;
const currency = /^\p{Sc}$/u;
const fullWidth = /^[\u3000-\u303f\uff00-\uff65]/;

/**
 * Joins tokens with the spaces of running text: none before closing and after opening marks, in contractions, around slashes, between a
 * number and its currency or per cent sign, or in scripts that do not space words. Straight double quotes open and close in turn. Brackets
 * and quotes in the manner of the Penn Treebank (`-LRB-`, two grave accents) become the characters that they stand for. Hyphens and
 * dashes keep their spaces, because tokens do not tell one from the other.
 */
export function detokenized(tokens: readonly string[]): JoinedTokens {
  const strings = tokens.map((token) => escapes[token] ?? token);
  const opens = quoteSides(tokens);
  return joined(strings, (previous, index) => {
    const [before = '', after = ''] = [strings[previous], strings[index]];
    if (before === '' || after === '') return false;
    if (opens[index] === false || opens[previous] === true || closing.test(after) || opening.test(before)) return false;
    if (before === '/' || after === '/') return false;
    if (after === '%' || currency.test(before)) return !/\d$/.test(before) && !/^\d/.test(after);
    if (prefix.test(before)) return !/^[\p{L}\p{N}_]/u.test(after);
    return !isUnspaced(Array.from(before).at(-1) ?? '') && !isUnspaced(after);
  });
}

/** For each token whether it is a double quote that opens (`true`) or closes (`false`). */
function quoteSides(tokens: readonly string[]): readonly (boolean | undefined)[] {
  let isOpen = false;
  return tokens.map((token) => {
    if (token !== '"' && token !== '``' && token !== "''") return undefined;
    isOpen = token === '"' ? !isOpen : token === '``';
    return isOpen;
  });
}

function isUnspaced(character: string): boolean {
  return characterKind(character) === 'unspaced' || fullWidth.test(character);
}

/** @param isSpaced - whether a space comes between a token and the one before it, not counting empty ones; both by their index. */
function joined(tokens: readonly string[], isSpaced: (before: number, after: number) => boolean): JoinedTokens {
  const spans: Span[] = [];
  const pieces: string[] = [];
  let at = 0;
  let before = 0;
  for (const [index, token] of tokens.entries()) {
    const space = index > 0 && isSpaced(before, index) ? ' ' : '';
    pieces.push(space, token);
    const start = at + space.length;
    at = start + token.length;
    spans.push({ start, end: at });
    if (token !== '') before = index;
  }
  return { text: pieces.join(''), tokens: spans };
}

/**
 * A sample from tokens and the mentions in them. Reports mentions whose tokens are all empty, which no text has.
 * @param mentions - within the tokens and not empty, in any order.
 */
export function sampleOfTokens(
  name: SampleName,
  strings: readonly string[],
  mentions: readonly TaggedMention[],
  { detokenize, report }: { readonly detokenize: boolean; readonly report: Report },
): Sample {
  const { text, tokens } = detokenize ? detokenized(strings) : spaced(strings);
  const entities = mentions.flatMap(({ start, end, type }) => {
    const covered = tokens.slice(start, end).filter((token) => token.start < token.end);
    const [first, last] = [covered[0], covered.at(-1)];
    if (first !== undefined && last !== undefined) return [{ start: first.start, end: last.end, type }];
    report.count('mentions of empty tokens, left out');
    return [];
  });
  return { ...name, text, entities: entities.sort(bySpan), tokens };
}
