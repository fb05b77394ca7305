import type { Token } from './reading.ts';

/** A sentence as templates see it. */
export interface FeatureContext {
  readonly tokens: readonly Token[];
  /** For each token where in mentions of the pool it may stand, such as `person begins`. */
  readonly gazetteer: readonly (readonly string[])[];
}

/** What a token has of one kind, by names that mean the same wherever they occur; nothing is `undefined`. */
type Template = (context: FeatureContext, at: number) => readonly string[] | string | undefined;

/** The binary features of the tagger. A line more is a feature more; files of taggers that were trained without it are refused. */
const templates: Readonly<Record<string, Template>> = {
  bias: () => '',
  exact: ({ tokens }, at) => tokens[at]?.exact,
  word: (context, at) => wordAt(context, at),
  shape: (context, at) => shapeAt(context, at),
  glued: ({ tokens }, at) => `${tokens[at]?.isGlued} ${tokens[at + 1]?.isGlued}`,
  beginning: (context, at) => affixes(wordAt(context, at), (word, length) => word.slice(0, length)),
  ending: (context, at) => affixes(wordAt(context, at), (word, length) => word.slice(-length)),
  firstShape: (context, at) => (at === 0 ? shapeAt(context, at) : undefined),
  partOfSpeech: ({ tokens }, at) => tokens[at]?.partOfSpeech,
  partsOfSpeech: ({ tokens }, at) => `${tokens[at - 1]?.partOfSpeech} ${tokens[at]?.partOfSpeech} ${tokens[at + 1]?.partOfSpeech}`,
  wordBefore: (context, at) => wordAt(context, at - 1),
  wordAfter: (context, at) => wordAt(context, at + 1),
  wordBeforeThat: (context, at) => wordAt(context, at - 2),
  wordAfterThat: (context, at) => wordAt(context, at + 2),
  pairBefore: (context, at) => `${wordAt(context, at - 1)} ${wordAt(context, at)}`,
  pairAfter: (context, at) => `${wordAt(context, at)} ${wordAt(context, at + 1)}`,
  shapeBefore: (context, at) => shapeAt(context, at - 1),
  shapeAfter: (context, at) => shapeAt(context, at + 1),
  shapes: (context, at) => `${shapeAt(context, at - 1)} ${shapeAt(context, at)} ${shapeAt(context, at + 1)}`,
  endingBefore: (context, at) => wordAt(context, at - 1).slice(-3),
  endingAfter: (context, at) => wordAt(context, at + 1).slice(-3),
  gazetteer: ({ gazetteer }, at) => gazetteer[at],
  gazetteerAfter: ({ gazetteer }, at) => gazetteer[at + 1],
};

function wordAt({ tokens }: FeatureContext, at: number): string {
  return tokens[at]?.lower ?? (at < 0 ? '<' : '>');
}

function shapeAt({ tokens }: FeatureContext, at: number): string {
  return tokens[at]?.shape ?? '';
}

const longestAffix = 4;

function affixes(word: string, cut: (word: string, length: number) => string): readonly string[] {
  return Array.from({ length: Math.min(longestAffix, word.length - 1) }, (_, at) => cut(word, at + 1));
}

const seeds = Object.entries(templates).map(([name, template]) => ({ seed: hash(0x811c9dc5, name), template }));

/** The features of each token, as hashes of 32 bits: two that fall together are too rare to matter. Signed, since maps have those without boxes. */
export function featuresOf(context: FeatureContext): readonly Int32Array[] {
  return context.tokens.map((_, at) =>
    Int32Array.from(
      seeds.flatMap(({ seed, template }) => {
        const found = template(context, at) ?? [];
        return typeof found === 'string' ? hash(seed, found) : found.map((name) => hash(seed, name));
      }),
    ),
  );
}

/** Tells sets of templates apart. */
export const templatesId: string = Object.keys(templates)
  .reduce((value, name) => hash(value, name), 1)
  .toString(16);

/** FNV-1a over UTF-16 code units, mixed once more. */
function hash(seed: number, text: string): number {
  let value = seed;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x85ebca6b);
  return value ^ (value >>> 13);
}
