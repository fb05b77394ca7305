import { access, readdir } from 'node:fs/promises';
import { NerError } from '../error.ts';
import type { DatasetFormatName } from './format.ts';
import { isObject, type JsonObject, jsonShapes } from './json-shapes.ts';
import { jsonTexts } from './json-texts.ts';
import { firstItems } from './look-ahead.ts';
import { isTag } from './tag-schemes.ts';
import { isDirectory } from './text.ts';
import { fileBlocks } from './text-file.ts';

/** Lines or rows of a file that are looked at, … */
const sampleSize = 200;
/** … and characters of rows after which no more are. */
const sampleLength = 1_000_000;

/**
 * The format of the data set at a path, from its content, and from its name where that tells: a text with annotations beside it is brat's,
 * and what looks like nothing else is plain text if it is called `.txt`, or rows of ours if it is called `.jsonl`.
 * @throws {NerError} `unreadable-input` if there is nothing, or the format is not clear; the message names those that it may be.
 */
export async function detectFormat(path: string): Promise<DatasetFormatName> {
  const candidates = (await isDirectory(path)) ? await formatsOfDirectory(path) : await formatsOfFile(path);
  const [format, ...others] = candidates;
  if (format !== undefined && others.length === 0) return format;
  const found = format === undefined ? 'is in no format that is known by its content' : `may be in the format ${candidates.join(' or ')}`;
  throw new NerError(`${path} ${found}. "el4ner convert --from" takes the name of the format.`, { code: 'unreadable-input', path });
}

async function formatsOfDirectory(path: string): Promise<readonly DatasetFormatName[]> {
  const names = await readdir(path, { recursive: true });
  if (names.some((name) => name.endsWith('.ann'))) return ['brat'];
  return names.some((name) => name.endsWith('.txt')) ? ['text'] : [];
}

async function formatsOfFile(path: string): Promise<readonly DatasetFormatName[]> {
  if (path.endsWith('.ann') || (path.endsWith('.txt') && (await exists(path.replace(/\.txt$/, '.ann'))))) return ['brat'];
  const lines = await firstLines(path);
  const [first] = lines;
  if (first === undefined) throw new NerError(`${path} is empty; expected a data set.`, { code: 'unreadable-input', path });
  if (/^[^|\t]+\|[ta]\|/.test(first)) return ['pubtator'];
  if (areTagged(lines)) return ['conll'];
  const formats = /^\s*[[{]/.test(first) ? await formatsOfRows(path) : [];
  if (formats.length > 0) return formats;
  if (/\.(?:jsonl|ndjson)$/i.test(path)) return ['jsonl'];
  return path.endsWith('.txt') ? ['text'] : [];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Lines that are not blank, from the first block of the file. The last of them may be cut, unless it is the only one. */
async function firstLines(path: string): Promise<readonly string[]> {
  const [block] = await firstItems(fileBlocks(path, 'a data set'), 1);
  const lines = (block?.toString('utf8') ?? '').replace(/^\ufeff/, '').split('\n');
  const whole = lines.length === 1 ? lines : lines.slice(0, -1);
  return whole.filter((line) => line.trim() !== '').slice(0, sampleSize);
}

/** Whether most lines end in a tag after white space; those that have no columns or may be comments do not count. */
function areTagged(lines: readonly string[]): boolean {
  const rows = lines.map((line) => line.trim().split(/\s+/)).filter((row) => row.length > 1);
  const tagged = rows.filter((row) => isTag(row.at(-1) ?? ''));
  const comments = rows.filter((row) => row[0] === '#' && !tagged.includes(row));
  return tagged.length > (rows.length - comments.length) / 2;
}

/** The JSON formats that most rows look like. */
async function formatsOfRows(path: string): Promise<readonly DatasetFormatName[]> {
  const rows = await firstRows(path);
  const counts = Array.from(jsonShapes, ([name, looksLike]) => ({ name, count: rows.filter(looksLike).length }));
  const most = Math.max(1, ...counts.map(({ count }) => count));
  const formats = counts.filter(({ count }) => count === most).map(({ name }) => name);
  return formats.join() === alikeWithoutMentions.join() ? formats.slice(0, 1) : formats;
}

async function firstRows(path: string): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  let [count, length] = [0, 0];
  for await (const { text = '' } of jsonTexts(path)) {
    rows.push(...objectIn(text));
    count++;
    length += text.length;
    if (count === sampleSize || length > sampleLength) break;
  }
  return rows;
}

/** Formats whose rows `{"text": …, "entities": []}` are the same and are read alike. */
const alikeWithoutMentions: readonly DatasetFormatName[] = ['jsonl', 'doccano'];

/** The object that a text is in JSON, if it is one. */
function objectIn(text: string): readonly JsonObject[] {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? [value] : [];
  } catch {
    return []; // a bad row, which reading will tell
  }
}
