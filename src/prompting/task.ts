import type { EntityType } from '../document/entity-type.ts';
import type { LabelledText, TypedSpan } from '../document/labelled.ts';
import type { Span } from '../document/span.ts';

/** A solved sentence in a prompt; its spans are in order of reading. */
export type Demonstration = LabelledText;

/** What every task shares. A dialect renders it first and alike, so that a runtime evaluates it once for all tasks of a text. */
export interface TaskContext {
  readonly types: readonly EntityType[];
  /** The most similar one last. */
  readonly demonstrations: readonly Demonstration[];
  readonly text: string;
}

/** Find the mentions of all types, without saying which. */
export interface ExtractTask extends TaskContext {
  readonly kind: 'extract';
}

/** Type these mentions of the text, or call them `none`. */
export interface ClassifyTask extends TaskContext {
  readonly kind: 'classify';
  readonly mentions: readonly Span[];
}

/** Say of each of these typed mentions whether it is right. */
export interface VerifyTask extends TaskContext {
  readonly kind: 'verify';
  readonly claims: readonly TypedSpan[];
}

/** Find and type the mentions in one pass: what a single model does without the pipeline. */
export interface JointTask extends TaskContext {
  readonly kind: 'joint';
}

export type Task = ExtractTask | ClassifyTask | VerifyTask | JointTask;
export type TaskKind = Task['kind'];

/** A type chosen from the inventory or `none`, with its probability in [0, 1] where the runtime tells. */
export interface TypeChoice {
  readonly type: string;
  readonly probability?: number;
  /** Of every type and `none`, where the runtime tells. */
  readonly probabilities?: Readonly<Record<string, number>>;
}

/** Yes or no, with the probability of yes in [0, 1] where the runtime tells. */
export interface YesNo {
  readonly yes: boolean;
  readonly probability?: number;
}

/** A mention that a member found by its place, where language models only write down strings. */
export interface LocatedMention extends Span {
  /** Its probability of being a mention, in [0, 1]. */
  readonly probability: number;
}

/** The data that each task asks for. */
export interface TaskData {
  /** Strings that the model says occur in the text, in the order of its reply, not grounded yet; or mentions by their places. */
  readonly extract: readonly (string | LocatedMention)[];
  /** One entry a mention, in the order of the task; `undefined` where the reply had no valid answer for it. */
  readonly classify: readonly (TypeChoice | undefined)[];
  /** One entry a claim, in the order of the task; `undefined` where the reply had no valid answer for it. */
  readonly verify: readonly (YesNo | undefined)[];
  /** Strings with their types, in the order of the reply, not grounded yet, or with the place where they were found. */
  readonly joint: readonly { readonly text: string; readonly type: string; readonly found?: LocatedMention }[];
}
