import type { Span } from './span.ts';

/** A span that is said to be of a type. */
export interface TypedSpan<T extends string = string> extends Span {
  readonly type: T;
}

/** A text whose mentions are known; they are in order of reading. */
export interface LabelledText<T extends string = string> {
  readonly text: string;
  readonly entities: readonly TypedSpan<T>[];
}

/** A labelled text with the name that its data set gives it. */
export interface LabelledSentence<T extends string = string> extends LabelledText<T> {
  readonly id: string;
}
