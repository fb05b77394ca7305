import type { Token } from './reading.ts';

/** A mention by its tokens, first and last, and its type. */
export interface TokenMention {
  readonly first: number;
  readonly last: number;
  readonly type: string;
}

/** A sentence with its mentions by tokens. */
export interface TokenSentence {
  readonly tokens: readonly Token[];
  readonly mentions: readonly TokenMention[];
}

/** The mentions of a pool, in lower case, with the number of sentences that have them as each type. */
export interface Gazetteer {
  readonly longest: number;
  /** With what mentions begin. */
  readonly firsts: ReadonlySet<string>;
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Mentions of more tokens are not looked for: they hardly come again. */
const mostTokens = 8;

export function gazetteerOf(sentences: readonly TokenSentence[]): Gazetteer {
  const counts = new Map<string, Map<string, number>>();
  const firsts = new Set<string>();
  let longest = 0;
  for (const sentence of sentences) {
    for (const [name, types] of namesIn(sentence)) {
      const words = name.split(separator);
      longest = Math.max(longest, words.length);
      firsts.add(words[0] ?? '');
      const known = counts.get(name) ?? new Map<string, number>();
      for (const type of types) known.set(type, (known.get(type) ?? 0) + 1);
      counts.set(name, known);
    }
  }
  return { longest, firsts, counts };
}

const separator = ' ';

/** What begins with a token, the shortest first. */
function namesFrom(tokens: readonly Token[], first: number, end: number): readonly string[] {
  let name = tokens[first]?.lower ?? '';
  const names = [name];
  for (let at = first + 1; at < end; at++) {
    name += separator + tokens[at]?.lower;
    names.push(name);
  }
  return names;
}

function namesIn({ tokens, mentions }: TokenSentence): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const { first, last, type } of mentions) {
    if (last - first >= mostTokens) continue;
    const name = namesFrom(tokens, first, last + 1).at(-1) ?? '';
    names.set(name, (names.get(name) ?? new Set()).add(type));
  }
  return names;
}

/**
 * Where each token stands in the longest mentions of the pool that the sentence has, from left to right: `type begins`, `type inside`,
 * `type ends` or `type alone`.
 * @param own - mentions that the sentence itself brought into the gazetteer: a sentence must not learn by what it says itself.
 */
export function placesIn({ longest, firsts, counts }: Gazetteer, tokens: readonly Token[], own: readonly TokenMention[] = []): string[][] {
  const places: string[][] = tokens.map(() => []);
  const ownNames = namesIn({ tokens, mentions: own });
  for (let first = 0; first < tokens.length; ) {
    const found = longestFrom(first);
    for (const type of found.types) {
      for (let at = first; at <= found.last; at++) places[at]?.push(`${type} ${placeOf(at, first, found.last)}`);
    }
    first = found.last + 1;
  }
  return places;

  function longestFrom(first: number): { readonly last: number; readonly types: readonly string[] } {
    if (!firsts.has(tokens[first]?.lower ?? '')) return { last: first, types: [] };
    const names = namesFrom(tokens, first, Math.min(first + longest, tokens.length));
    for (let last = first + names.length - 1; last >= first; last--) {
      const name = names[last - first] ?? '';
      const own = ownNames.get(name);
      const types = [...(counts.get(name) ?? [])].flatMap(([type, count]) => (count > (own?.has(type) ? 1 : 0) ? type : []));
      if (types.length > 0) return { last, types };
    }
    return { last: first, types: [] };
  }
}

function placeOf(at: number, first: number, last: number): string {
  if (first === last) return 'alone';
  if (at === first) return 'begins';
  return at === last ? 'ends' : 'inside';
}
