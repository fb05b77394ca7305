import { type EntityType, none } from '../document/entity-type.ts';
import type { Completion } from './dialect.ts';
import { withoutThinking } from './prose-reply.ts';
import type { TypeChoice, YesNo } from './task.ts';

/** The type that an answer names: as it is written, or else whatever its case and whether its words are joined by spaces, `_` or `-`. */
export function readType(answer: string, types: readonly EntityType[]): string | undefined {
  const names = types.map(({ name }) => name);
  const folded = foldName(answer);
  return names.find((name) => name === answer) ?? names.find((name) => foldName(name) === folded);
}

/** As `readType`, where `none` is an answer too. */
export function readTypeChoice(answer: string, types: readonly EntityType[]): TypeChoice | undefined {
  const type = readType(answer, [...types, { name: none }]);
  return type === undefined ? undefined : { type };
}

/**
 * A reply to a question of yes or no, whichever of yes/no and true/false was asked for: by the probabilities of both, made to
 * sum to 1, or else by the word that the reply begins with.
 * @param choices - the words for yes and for no that were asked for.
 */
export function readYesNo(completion: Completion, [yes, no]: readonly [yes: string, no: string]): YesNo | undefined {
  const ofYes = completion.probabilities?.get(yes);
  const ofNo = completion.probabilities?.get(no);
  if (ofYes === undefined || ofNo === undefined || !(ofYes + ofNo > 0)) return readYesNoWord(withoutThinking(completion.text));
  const probability = ofYes / (ofYes + ofNo);
  return { yes: probability >= 0.5, probability };
}

/** A yes, no, true or false at the beginning of the answer, behind punctuation, a `1` or the word "answer". */
export function readYesNoWord(answer: string): YesNo | undefined {
  // No two runs of `\W*` meet, which would take time by the square of a reply's length.
  const word = /^\W*(?:(?:(?:the )?answer(?: is)?\b|1\b)\W*)?(yes|no|true|false)\b/i.exec(answer)?.[1]?.toLowerCase();
  return word === undefined ? undefined : { yes: word === 'yes' || word === 'true' };
}

/**
 * Answers to a list of mentions, given by the mentions' strings. A string that is listed several times, once an occurrence, takes
 * its answers in order if there are as many; if not, the one answer that all of them give, so that no answer moves to another occurrence.
 * @param mentions - the strings asked about.
 * @returns one entry a mention, in order; `undefined` where there is no answer or which one is not certain.
 */
export function matchAnswers(
  mentions: readonly string[],
  answers: readonly (readonly [mention: string, answer: string])[],
): readonly (string | undefined)[] {
  const given = Map.groupBy(answers, ([mention]) => foldSpace(mention));
  const asked = Map.groupBy(mentions.keys(), (index) => foldSpace(mentions[index] ?? ''));
  const matched: (string | undefined)[] = mentions.map(() => undefined);
  for (const [mention, indices] of asked) {
    const own = (given.get(mention) ?? []).map(([, answer]) => answer);
    const same = new Set(own).size === 1;
    if (same || own.length === indices.length) for (const [order, index] of indices.entries()) matched[index] = same ? own[0] : own[order];
  }
  return matched;
}

/** The answers, or `undefined` if there were questions and none of them has an answer: such a reply made no sense. */
export function unlessUnanswered<T>(answers: readonly (T | undefined)[]): readonly (T | undefined)[] | undefined {
  return answers.length === 0 || answers.some((answer) => answer !== undefined) ? answers : undefined;
}

function foldName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

function foldSpace(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
