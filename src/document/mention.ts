import type { Span } from './span.ts';

/** How a reply's string was found in the text; see `ground`. */
export type Alignment = 'exact' | 'normalized' | 'fuzzy';

/** One member of the ensemble proposed a mention by writing `reply`. */
export interface Proposal {
  readonly modelId: string;
  /** The string as the model wrote it; of a member that found a place, what stands there. */
  readonly reply: string;
  readonly alignment: Alignment;
  /** The member's probability that the span is a mention of one of the types, in [0, 1], where it tells. */
  readonly probability?: number;
}

/** One member's answer to "which type is this mention?"; `none` is a type of the ballot like any other. */
export interface Vote<T extends string = string> {
  readonly modelId: string;
  readonly choice: T | 'none';
  /** The model's probability of `choice` among the choices, in [0, 1], where its runtime tells. */
  readonly probability?: number;
  /** Its probabilities of all choices, where its runtime tells. */
  readonly probabilities?: Readonly<Partial<Record<T | 'none', number>>>;
}

/** One verifier's answer to "is this mention of that type?". */
export interface Verdict<T extends string = string> {
  readonly modelId: string;
  readonly type: T;
  readonly accepted: boolean;
  /** The verifier's probability of yes, in [0, 1], where its runtime tells. */
  readonly probability?: number;
}

/** A span that at least one member proposed. */
export interface Extracted extends Span {
  readonly status: 'extracted';
  readonly proposals: readonly Proposal[];
}

/** An extracted span with the type that the vote gave it. */
export interface Classified<T extends string = string> extends Span {
  readonly status: 'classified';
  readonly proposals: readonly Proposal[];
  readonly type: T;
  readonly votes: readonly Vote<T>[];
}

/** A classified mention that the verification let pass (or that none was asked about: `verdicts` is then empty). */
export interface Verified<T extends string = string> extends Span {
  readonly status: 'verified';
  readonly proposals: readonly Proposal[];
  readonly type: T;
  readonly votes: readonly Vote<T>[];
  readonly verdicts: readonly Verdict<T>[];
  /** Belief in the mention, in [0, 1]; see `mentionScore`. */
  readonly score: number;
  /** The type that was verified, where the document's other mentions of the same string have outvoted it. */
  readonly outvoted?: T;
}

/** A mention that a stage took out, with all that was known of it until then. */
export interface Rejected<T extends string = string> extends Span {
  readonly status: 'rejected';
  /** `merge`: another window of the document decides on the place. */
  readonly stage: 'extract' | 'classify' | 'verify' | 'resolve' | 'merge';
  /** A sentence for people. */
  readonly reason: string;
  readonly proposals: readonly Proposal[];
  readonly type?: T;
  readonly votes: readonly Vote<T>[];
  readonly verdicts: readonly Verdict<T>[];
}

/** A span occurring in a text, and how far it came. It is an occurrence, never a string. */
export type Mention<T extends string = string> = Extracted | Classified<T> | Verified<T> | Rejected<T>;
