import { detectTagScheme, schemeSample, type TagScheme } from '../../dataset/tag-schemes.ts';
import type { StrictScheme } from '../../evaluation/tagged-spans.ts';

/** The tags of one side, with what to call them. */
export interface TaggedSide {
  /** For example `the gold tags of test.conll`. */
  readonly name: string;
  readonly sentences: readonly (readonly string[])[];
}

/** The schemes of tags that each `--scheme` is for, in the order in which they are proposed. */
const readable: readonly (readonly [flag: string, schemes: readonly TagScheme[]])[] = [
  ['iob2', ['iob2']],
  ['iobes', ['iobes']],
  ['conlleval', ['iob1', 'iob2', 'ioe1', 'ioe2']],
];

/**
 * What to tell where tags that are read strictly look like those of another scheme, whose mentions would be others or none.
 * @returns nothing if all look right, or have no mentions; nor for tags that look like no scheme.
 */
export function tagSchemeNote(scheme: StrictScheme, sides: readonly TaggedSide[]): string | undefined {
  const found = sides.flatMap(({ name, sentences }) => {
    const finding = detectTagScheme(taggedSample(sentences));
    return finding.wellFormed === 0 || finding.scheme === 'io' ? [] : [{ name, scheme: finding.scheme }];
  });
  const others = Map.groupBy(
    found.filter((side) => side.scheme !== scheme),
    (side) => side.scheme,
  );
  if (others.size === 0) return undefined;
  const looks = Array.from(others, ([other, named]) => `${named.map(({ name }) => name).join(' and ')} look like ${other}`).join(' and ');
  const fitting = readable.find(([, schemes]) => found.every((side) => schemes.includes(side.scheme)))?.[0];
  const advice =
    fitting === undefined ? `"el4ner convert --to conll --scheme ${scheme}" writes them in ${scheme}` : `--scheme ${fitting} is for them`;
  return `${looks}, of which --scheme ${scheme} makes other mentions or none; ${advice}.`;
}

/** What to tell where conlleval reads tags that it does not know; nothing if it knows all of them. */
export function foreignTagsNote(sides: readonly TaggedSide[]): string | undefined {
  const isForeign = (tag: string) => tag.charAt(1) === '-' && 'SUL'.includes(tag.charAt(0));
  if (!sides.some(({ sentences }) => sentences.some((tags) => tags.some(isForeign)))) return undefined;
  return 'conlleval knows B, I, E and O; what it makes of S, U and L is rarely what they mean. --scheme iobes knows S.';
}

/** The first sentences with mentions. */
function taggedSample(sentences: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const sample: (readonly string[])[] = [];
  for (const tags of sentences) {
    if (tags.some((tag) => tag !== 'O')) sample.push(tags);
    if (sample.length === schemeSample) break;
  }
  return sample;
}
