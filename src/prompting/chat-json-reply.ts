import { type EntityType, none } from '../document/entity-type.ts';
import { matchAnswers, readType } from './closed-answer.ts';
import { saysNone, withoutThinking } from './prose-reply.ts';
import { type ReplyJson, type ReplyValue, readReplyJson } from './reply-json.ts';
import type { TaskData } from './task.ts';

/**
 * The strings of `{"mentions": […]}`, of a bare array or of the only array in an object; an object in the array counts by its
 * `text`, anything else that is no string is dropped. `undefined` if no array, or nothing of one, can be read.
 */
export function readMentions(reply: string): TaskData['extract'] | undefined {
  return readList(reply, 'mentions', textOf);
}

/** The objects of `{"entities": […]}`, likewise; those without a text or a type of the inventory are dropped. */
export function readEntities(reply: string, types: readonly EntityType[]): TaskData['joint'] | undefined {
  return readList(reply, 'entities', (item) => {
    const text = textOf(item);
    const type = readType(firstString(item, typeKeys) ?? '', types);
    return text === undefined || type === undefined ? undefined : { text, type };
  });
}

/**
 * The answers about a numbered list of mentions as the reply writes them: `{"1": "person", "2": "none"}`. Also read are an object
 * around the answers, answers with the mention's string for a key, an array of objects that name number or string, and an array
 * of plain answers if it has one for each mention or was cut off. `null` is `none`, `true` and `false` are yes and no.
 * @param mentions - the strings asked about.
 * @returns one entry a mention, in order; `undefined` if no answer can be read.
 */
export function readAnswers(reply: string, mentions: readonly string[]): readonly (string | undefined)[] | undefined {
  return firstRead(reply, ({ value, cut }) => {
    const answers = isMap(value) ? innerAnswers(value, mentions) : value;
    const inOrder = !isMap(answers) && (answers.length === mentions.length || cut);
    const keyed: [key: string, answer: string][] = [];
    for (const [key, item] of answers.entries()) {
      const name = typeof key === 'string' ? key : (keyOf(item) ?? (inOrder ? String(key + 1) : undefined));
      const answer = answerOf(item);
      if (name !== undefined && answer !== undefined) keyed.push([name, answer]);
    }
    const byString = matchAnswers(mentions, keyed);
    const byNumber = new Map(keyed.map(([key, answer]) => [/^(?:#|mention |claim )?(\d+)[.):]?$/i.exec(key.trim())?.[1], answer]));
    const matched = mentions.map((_, index) => byNumber.get(String(index + 1)) ?? byString[index]);
    return matched.some((answer) => answer !== undefined) ? matched : undefined;
  });
}

type ReplyMap = ReadonlyMap<string, ReplyValue>;

/** What `read` makes of the first object in the reply that it can read, or else of the first array: prose has brackets more often. */
function firstRead<T>(reply: string, read: (json: ReplyJson) => T | undefined): T | undefined {
  const found = readReplyJson(withoutThinking(reply));
  for (const json of found.toSorted((a, b) => Number(isMap(b.value)) - Number(isMap(a.value)))) {
    const data = read(json);
    if (data !== undefined) return data;
  }
  return undefined;
}

function readList<T>(reply: string, key: string, readItem: (item: ReplyValue) => T | undefined): readonly T[] | undefined {
  const data = firstRead(reply, ({ value, cut }) => {
    const list = isMap(value) ? arrayIn(value, key) : value;
    const items = list?.map(readItem).filter((item) => item !== undefined);
    const isAnswer = items !== undefined && (items.length > 0 || (list?.length === 0 && !cut));
    return isAnswer ? items : undefined;
  });
  return data ?? (saysNone(reply) ? [] : undefined);
}

function arrayIn(object: ReplyMap, key: string): readonly ReplyValue[] | undefined {
  const arrays = [...object].filter((entry): entry is [string, readonly ReplyValue[]] => Array.isArray(entry[1]));
  const [named] = arrays.filter(([name]) => name === key);
  return (named ?? (arrays.length === 1 ? arrays[0] : undefined))?.[1];
}

/** The answers inside `{"answers": …}`, whatever its key; the object itself if it is keyed by number or mention already. */
function innerAnswers(object: ReplyMap, mentions: readonly string[]): ReplyMap | readonly ReplyValue[] {
  const [[key, only] = []] = object;
  const isWrapper = object.size === 1 && key !== undefined && !/\d/.test(key) && !mentions.includes(key);
  return isWrapper && (isMap(only) || Array.isArray(only)) ? only : object;
}

const typeKeys = ['type', 'answer', 'label'];

function textOf(item: ReplyValue): string | undefined {
  return typeof item === 'string' ? item : firstString(item, ['text', 'mention', 'entity', 'name']);
}

function keyOf(item: ReplyValue): string | undefined {
  return firstString(item, ['number', 'id', 'mention', 'text', 'entity']);
}

function answerOf(item: ReplyValue | undefined): string | undefined {
  if (item === null) return none;
  if (typeof item === 'boolean') return item ? 'yes' : 'no';
  return typeof item === 'string' ? item : firstString(item, typeKeys);
}

/** The first of the keys that has a string or a number. */
function firstString(item: ReplyValue | undefined, keys: readonly string[]): string | undefined {
  if (item === undefined || !isMap(item)) return undefined;
  const value = keys.map((key) => item.get(key)).find((entry) => typeof entry === 'string' || typeof entry === 'number');
  return value === undefined ? undefined : String(value);
}

function isMap(value: ReplyValue | undefined): value is ReplyMap {
  return value instanceof Map;
}
