import { none } from '../../document/entity-type.ts';
import { spanKey } from '../../document/span.ts';
import { abortable } from '../../model/abortable.ts';
import { noUsage } from '../../model/dialogue.ts';
import type { LanguageModel } from '../../model/language-model.ts';
import { recentlyUsed } from '../../model/recently-used.ts';
import type { Task, TaskContext, TaskData, TaskKind, TypeChoice } from '../../prompting/task.ts';
import type { TaggedText, Tagger } from './tagger.ts';
import { taggerVersion } from './tagger-bytes.ts';

/** The name of the tagger among the members of an ensemble. */
export const taggerId = 'pool:tagger';

/** What a calibration knows it by. */
export const taggerIdentity: { readonly id: string; readonly dialect: string } = { id: taggerId, dialect: taggerVersion };

/** Proposals are for recall, as later stages take out what is wrong. */
const leastProposed = 0.15;
/** In one pass there are no later stages. */
const leastJoint = 0.5;

/** Every stage asks about the same text, several texts at once. */
const rememberedTexts = 16;

/** Longest text that is labelled at once, so that no text of any length takes the memory. */
const textLimit = 20_000;

/**
 * A tagger that answers the tasks of the stages as language models do. It looks neither at demonstrations nor at definitions, as it has learnt
 * from the whole pool, and it abstains on types that its pool has not.
 * Deviation: the paper's ensemble is of language models alone.
 */
export function taggerMember(tagger: Tagger): LanguageModel {
  const texts = recentlyUsed<Promise<TaggedText>>(rememberedTexts);
  const closing = new AbortController();
  const tagged = (text: string, signal: AbortSignal): Promise<TaggedText> => {
    const tagged = texts.get(text) ?? tagger.tag(text, closing.signal);
    texts.set(text, tagged);
    tagged.catch(() => texts.delete(text));
    return abortable(tagged, signal); // others may wait for it, too
  };
  return {
    kind: 'tagger',
    ...taggerIdentity,
    // Beside the bundled models, which weigh seven in all, it has four of eleven parts of a vote.
    weight: 4,
    textLimit,
    async answer<K extends TaskKind>(task: Extract<Task, { kind: K }>, signal: AbortSignal) {
      signal.throwIfAborted();
      const started = performance.now();
      const data = answerTo(task, await tagged(task.text, signal), tagger.types) as TaskData[K]; // `answerTo` switches on the kind, which K is
      const nothing = { exchanges: [], usage: noUsage, cutOff: false, droppedDemonstrations: 0 };
      return { ok: true, data, ...nothing, durationMs: performance.now() - started };
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error(`${taggerId} has been disposed of.`));
    },
  };
}

function answerTo(task: Task, text: TaggedText, learnt: readonly string[]): TaskData[TaskKind] {
  const types = typesOf(task, learnt);
  switch (task.kind) {
    case 'extract':
      return mostLikely(text, leastProposed, types).map(({ start, end, probability }) => ({ start, end, probability }));
    case 'joint':
      return likeliest(text.spans(leastJoint)).flatMap(({ type, ...found }) =>
        types.has(type) ? { text: task.text.slice(found.start, found.end), type, found } : [],
      );
    case 'classify':
      return task.mentions.map((mention) => choiceOf(text.probabilities(mention), learnt, { known: types, asked: task.types.length }));
    case 'verify':
      return task.claims.map((claim) => {
        if (!types.has(claim.type)) return undefined;
        const probability = text.probabilities(claim)[learnt.indexOf(claim.type)] ?? 0;
        return { yes: probability >= 0.5, probability };
      });
    default:
      return task satisfies never;
  }
}

/** Of spans that may be of several types the likeliest. */
function likeliest(spans: ReturnType<TaggedText['spans']>) {
  const bySpan = Map.groupBy(spans, spanKey);
  return [...bySpan.values()].map((same) => same.reduce((best, one) => (one.probability > best.probability ? one : best)));
}

/** Types that are asked for and that the tagger knows. */
function typesOf({ types }: TaskContext, learnt: readonly string[]): ReadonlySet<string> {
  return new Set(types.map(({ name }) => name).filter((name) => learnt.includes(name)));
}

/** Spans by their probability of being a mention of any of these types. */
function mostLikely(text: TaggedText, least: number, types: ReadonlySet<string>) {
  const spans = text.spans(least / Math.max(1, types.size)).filter(({ type }) => types.has(type));
  const bySpan = Map.groupBy(spans, spanKey);
  return [...bySpan.values()].flatMap((same) => {
    const probability = Math.min(
      1,
      same.reduce((sum, one) => sum + one.probability, 0),
    );
    return same[0] === undefined || probability < least ? [] : [{ ...same[0], probability }];
  });
}

/** Where a type is asked for that it has not learnt, it cannot tell that from none, and speaks only if it is sure of another. */
function choiceOf(
  found: readonly number[],
  learnt: readonly string[],
  { known: types, asked }: { readonly known: ReadonlySet<string>; readonly asked: number },
): TypeChoice | undefined {
  if (types.size === 0) return undefined;
  const ofTypes = learnt.flatMap((type, at): [string, number][] => (types.has(type) ? [[type, found[at] ?? 0]] : []));
  const sum = ofTypes.reduce((total, [, probability]) => total + probability, 0);
  // Of layers that know nothing of each other, the sum may be above 1.
  const scale = Math.max(1, sum);
  const all: [string, number][] = [
    ...ofTypes.map(([type, probability]): [string, number] => [type, probability / scale]),
    [none, Math.max(0, 1 - sum)],
  ];
  const [type, probability] = all.reduce((best, one) => (one[1] > best[1] ? one : best));
  if (types.size < asked)
    return type === none || probability < leastJoint ? undefined : { type, probability, probabilities: Object.fromEntries(ofTypes) };
  return { type, probability, probabilities: Object.fromEntries(all) };
}
