import assert from 'node:assert/strict';
import type { TypedSpan } from '../../document/labelled.ts';
import type { ReplyFault } from '../../prompting/dialect.ts';
import type { ClassifyTask, ExtractTask, JointTask, VerifyTask } from '../../prompting/task.ts';
import type { Answer, LanguageModel } from '../language-model.ts';
import { type Gold, goldScript, type Script } from '../scripted.ts';

/** A text with its entities, and one that demonstrates them. */
export interface Passage {
  readonly types: readonly string[];
  readonly demonstration: string;
  readonly demonstrated: Gold[string];
  readonly text: string;
  readonly entities: Gold[string];
}

/** All tasks about a passage, and the script that answers them without a mistake. */
export interface PassageTasks {
  readonly extract: ExtractTask;
  readonly joint: JointTask;
  readonly classify: ClassifyTask;
  readonly verify: VerifyTask;
  readonly script: Script;
}

/** Mentions and claims are the passage's entities in their order; each stands for the first occurrence of its string. */
export function tasksOf({ types, demonstration, demonstrated, text, entities }: Passage): PassageTasks {
  const context = {
    types: types.map((name) => ({ name })),
    demonstrations: [{ text: demonstration, entities: spans(demonstration, demonstrated) }],
    text,
  };
  return {
    extract: { ...context, kind: 'extract' },
    joint: { ...context, kind: 'joint' },
    classify: { ...context, kind: 'classify', mentions: spans(text, entities) },
    verify: { ...context, kind: 'verify', claims: spans(text, entities) },
    script: goldScript({ [text]: entities }),
  };
}

function spans(text: string, pairs: Gold[string]): TypedSpan[] {
  return pairs.map(([mention, type]) => ({ start: text.indexOf(mention), end: text.indexOf(mention) + mention.length, type }));
}

/** The passage of the cases that need no particular one. */
export const meeting = tasksOf({
  types: ['person', 'place'],
  demonstration: 'Marie Curie left Warsaw.',
  demonstrated: [
    ['Marie Curie', 'person'],
    ['Warsaw', 'place'],
  ],
  text: 'Ada Lovelace met Charles Babbage in London.',
  entities: [
    ['Ada Lovelace', 'person'],
    ['Charles Babbage', 'person'],
    ['London', 'place'],
  ],
});

const names = Array.from({ length: 16 }, (_, index) => `Guest${index}`);

/** A passage with so many mentions that no model is done with it at once. */
export const crowd = tasksOf({
  types: ['person', 'place'],
  demonstration: 'Marie Curie left Warsaw.',
  demonstrated: [['Warsaw', 'place']],
  text: `${names.join(' and ')} came to London.`,
  entities: [...names.map((name) => [name, 'person'] as const), ['London', 'place']],
});

/** Answers about the meeting and about the crowd. */
export const bothScript: Script = (task, signal) => (task.text === crowd.extract.text ? crowd : meeting).script(task, signal);

/** What a model finds in the meeting. */
export function extract(model: LanguageModel, signal: AbortSignal = quiet()): Promise<Answer<'extract'>> {
  return model.answer<'extract'>(meeting.extract, signal);
}

/** A signal that is never aborted. */
export function quiet(): AbortSignal {
  return new AbortController().signal;
}

/** Data, or why there are none: the part of an answer that the task's kind decides. */
export type Reading<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly fault: ReplyFault };

/** The data of a good answer; any other fails the test. */
export function dataOf<T>(answer: Reading<T>): T {
  assert.ok(answer.ok, `A good reply was expected, not one that is ${answer.ok ? '' : answer.fault}.`);
  return answer.data;
}
