import { z } from 'zod';
import { defaultPartOfSpeechWeights, type PartOfSpeechWeights } from '../pool/part-of-speech.ts';
import { largestSpanWeight, namedSpanWeights, type SpanWeights } from '../pool/span-weights.ts';

/** What parts of speech are called on the command line, mostly by their tags of Universal Dependencies. */
const tags = { PROPN: 'properNoun', NOUN: 'noun', PRON: 'pronoun', other: 'other' } as const satisfies Record<
  string,
  keyof PartOfSpeechWeights
>;

const expected = `${namedSpanWeights.join(', ')}, or weights from 0 to ${largestSpanWeight} for any of ${Object.keys(tags).join(', ')}, each once, such as PROPN=4,NOUN=2.5`;

/** The value of `--span-weights`, in upper or lower case; parts of speech that a list leaves out have their default weights. */
export const spanWeightsFlag = z.string().transform((text, context): SpanWeights => {
  const weights = namedSpanWeights.find((name) => name === text.trim().toLowerCase()) ?? weightsByTag(text);
  if (weights !== undefined) return weights;
  context.addIssue({ code: 'custom', message: expected });
  return z.NEVER;
});

function weightsByTag(list: string): PartOfSpeechWeights | undefined {
  const given = new Map<keyof PartOfSpeechWeights, number>();
  for (const pair of list.split(',')) {
    const [, name = '', digits = ''] = /^\s*(\w+)\s*=\s*(\d+(?:\.\d+)?)\s*$/.exec(pair) ?? [];
    const partOfSpeech = Object.entries(tags).find(([tag]) => tag.toLowerCase() === name.toLowerCase())?.[1];
    if (partOfSpeech === undefined || given.has(partOfSpeech) || Number(digits) > largestSpanWeight) return undefined;
    given.set(partOfSpeech, Number(digits));
  }
  return { ...defaultPartOfSpeechWeights, ...Object.fromEntries(given) };
}

/** The weights as the flag takes them. */
export function spanWeightsText(weights: SpanWeights): string {
  if (typeof weights === 'string') return weights;
  const given = Object.entries(tags).flatMap(([tag, partOfSpeech]) =>
    weights[partOfSpeech] === undefined ? [] : [`${tag}=${weights[partOfSpeech]}`],
  );
  return given.join(',');
}
