import { none } from '../document/entity-type.ts';
import type { Embedder } from '../model/embedder.ts';
import type { Entity, FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import type { Input, Recognizer } from '../pipeline/recognizer.ts';
import { chooseLessons } from './choose.ts';
import { type DoubtfulSpan, doubtsIn } from './doubt.ts';

/** A text that is worth labelling, with what the ensemble makes of it, to be corrected. */
export interface Suggestion {
  readonly id: string;
  readonly text: string;
  readonly entities: readonly Entity[];
  /** The bits of doubt about mentions that its label settles, those that better suggestions settle left out. */
  readonly gain: number;
  readonly doubts: readonly DoubtfulSpan[];
}

export interface SuggestOptions {
  readonly recognizer: Recognizer;
  /** Tells which spans are alike. */
  readonly embedder: Embedder;
  /** At most so many suggestions. */
  readonly n: number;
  /** Is told what became of every text. */
  readonly onText?: (result: Recognition | FailedRecognition) => void;
}

/** Less is hardly anything. */
const leastGain = 0.1;

/**
 * The texts whose labels would teach most: those with mentions that the members disagree on, each kind of span counted once. The best come first.
 * @returns no text in which nobody sees anything to disagree on.
 * @throws what recognizer and embedder throw; `signal.reason` once the signal is aborted.
 */
export async function suggest(
  texts: Iterable<Exclude<Input, string>>,
  { recognizer, embedder, n, onText }: SuggestOptions,
  signal: AbortSignal,
): Promise<readonly Suggestion[]> {
  const read: Omit<Suggestion, 'gain'>[] = [];
  for await (const recognition of recognizer.recognizeAll(texts, { signal })) {
    onText?.(recognition);
    if (recognition.status === 'failed') continue;
    const { id, text, entities } = recognition;
    read.push({ id, text, entities, doubts: doubtsIn(recognition) });
  }
  const vectors = await embedder.embed(
    read.flatMap(({ doubts }) => doubts.map(({ text }) => text)),
    signal,
  );
  let next = 0;
  const lessons = read.map(({ doubts }) => doubts.map((span) => ({ worth: worthOf(span), vector: vectors[next++] ?? new Float32Array() })));
  return chooseLessons(lessons, n).flatMap(({ sentence, gain }) => {
    const chosen = read[sentence];
    return chosen === undefined || gain < leastGain ? [] : [{ ...chosen, gain }];
  });
}

/** Its doubt, as far as the members believe that it is a mention: of what is none for certain, or one for certain, least is learnt. */
function worthOf({ doubt, opinions }: DoubtfulSpan): number {
  return doubt * (1 - (Object.hasOwn(opinions, none) ? (opinions[none] ?? 0) : 0));
}
