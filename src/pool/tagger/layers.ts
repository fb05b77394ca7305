import type { TokenMention, TokenSentence } from './gazetteer.ts';

/** Types whose mentions do not overlap, so that one label a token tells them. */
export interface Layer {
  readonly types: readonly string[];
  /** 0 for outer mentions; 1 for those within, or across, an outer one of their own type. */
  readonly depth: 0 | 1;
}

/** Fewer inner mentions than these are no ground to look for more. */
const fewestInnerMentions = 20;
/** Up to this share of mentions may overlap others by mistake. */
const mistakes = 0.005;

/**
 * The layers that hold the mentions of a pool: one if they are flat; else one a type, and a second for each type whose mentions nest
 * in each other.
 */
export function layersOf(sentences: readonly TokenSentence[], types: readonly string[]): readonly Layer[] {
  const all = sentences.flatMap(({ mentions }) => mentions).length;
  const flat: Layer = { types, depth: 0 };
  const kept = sentences.flatMap(({ mentions }) => mentionsIn(flat, mentions)).length;
  if (all - kept <= mistakes * all) return [flat];
  return types.flatMap((type): Layer[] => {
    const inner: Layer = { types: [type], depth: 1 };
    const count = sentences.flatMap(({ mentions }) => mentionsIn(inner, mentions)).length;
    return [{ types: [type], depth: 0 }, ...(count < fewestInnerMentions ? [] : [inner])];
  });
}

/** Those mentions that a layer is to tell: of mentions that overlap the first, or the longer of those that begin together, is the outer one. */
export function mentionsIn({ types, depth }: Layer, mentions: readonly TokenMention[]): readonly TokenMention[] {
  const levels: TokenMention[][] = [[], []];
  const relevant = mentions.filter(({ type }) => types.includes(type));
  for (const mention of relevant.toSorted((a, b) => a.first - b.first || b.last - a.last)) {
    const level = levels.find((placed) => (placed.at(-1)?.last ?? -1) < mention.first);
    level?.push(mention);
  }
  return levels[depth] ?? [];
}

/** One label a token of a layer, see `labelCount`. */
export function labelsOf({ types }: Layer, mentions: readonly TokenMention[], tokens: number): Uint16Array {
  const labels = new Uint16Array(tokens);
  for (const { first, last, type } of mentions) {
    const begins = 1 + 4 * types.indexOf(type);
    if (first === last) labels[first] = begins + 3;
    else {
      labels.fill(begins + 1, first, last);
      labels[first] = begins;
      labels[last] = begins + 2;
    }
  }
  return labels;
}
