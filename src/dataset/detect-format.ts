import { access, readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { NerError } from '../error.ts';
import { columnsOf, documentStart } from './conll-rows.ts';
import type { DatasetFormatName } from './format.ts';
import { isObject, type JsonRowValue, jsonShapes } from './json-shapes.ts';
import { jsonTexts } from './json-texts.ts';
import { firstItems } from './look-ahead.ts';
import { areUntyped, isTag } from './tag-schemes.ts';
import { isDirectory } from './text.ts';
import { fileBlocks } from './text-file.ts';

/** Lines or rows of a file that are looked at, … */
const sampleSize = 200;
/** … and characters of rows after which no more are. */
const sampleLength = 1_000_000;

/** What the ends of names say, whether a file is read or written. */
export const formatsByExtension: Readonly<Record<string, DatasetFormatName>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.conll': 'conll',
  '.bio': 'conll',
  '.iob': 'conll',
  '.iob2': 'conll',
};

/** What a file is by its name if its content looks like nothing; reading it will tell what is wrong with it. */
const readByExtension: Readonly<Record<string, DatasetFormatName>> = { ...formatsByExtension, '.txt': 'text' };

/**
 * The format of the data set at a path, from its content, and from its name where that tells: a text with annotations beside it is brat's,
 * and what looks like nothing else is plain text if it is called `.txt`, rows of ours if it is called `.jsonl`, or columns if it is `.conll`.
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
  // Rows go first, since a text in them may look like anything.
  const rows = /^\s*[[{]/.test(first) ? await firstRows(path) : [];
  const formats = rows.length > 0 ? formatsOfRows(rows) : formatsOfLines(lines);
  const named = readByExtension[extname(path).toLowerCase()];
  return formats.length > 0 || named === undefined ? formats : [named];
}

function formatsOfLines(lines: readonly string[]): readonly DatasetFormatName[] {
  if (isPubtator(lines)) return ['pubtator'];
  return areTagged(lines) ? ['conll'] : [];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Lines that are not blank, from the first block of the file; if there are others, the last line of it may be cut, and does not count. */
async function firstLines(path: string): Promise<readonly string[]> {
  const [block, next] = await firstItems(fileBlocks(path, 'a data set'), 2);
  const lines = (block?.toString('utf8') ?? '').replace(/^\ufeff/, '').split('\n');
  const whole = next === undefined || lines.length === 1 ? lines : lines.slice(0, -1);
  return whole.filter((line) => line.trim() !== '').slice(0, sampleSize);
}

/** Whether the first line is a title, and the next an abstract or a mention of the same document, or another title. */
function isPubtator([first = '', second]: readonly string[]): boolean {
  const id = /^(?<id>[^|\s]+)\|t\|/.exec(first)?.groups?.['id'];
  if (id === undefined) return false;
  return second === undefined || second.startsWith(`${id}|a|`) || second.startsWith(`${id}\t`) || /^[^|\s]+\|t\|/.test(second);
}

/** The share of rows that have as many columns as most do in a file of columns. */
const usualShare = 0.9;

/**
 * Whether lines are rows of nearly the same number of columns, most of which end in a tag. Since an `E-mail` at the end of a line is no
 * tag, a token outside all mentions has to be among them, or tabs between columns. Lines that may be comments do not count.
 */
function areTagged(lines: readonly string[]): boolean {
  const isComment = (row: readonly string[]): boolean => row[0]?.startsWith('#') === true && !isTag(row.at(-1) ?? '');
  const rows = lines.map((line) => columnsOf(line.trimEnd())).filter((row) => row[0] !== documentStart && !isComment(row));
  const usual = [...Map.groupBy(rows, (row) => row.length).values()].reduce((a, b) => (b.length > a.length ? b : a), []);
  if ((usual[0]?.length ?? 0) < 2 || usual.length < usualShare * rows.length) return false;
  const tags = usual.map((row) => row.at(-1) ?? '');
  const hasOutside = tags.includes('O');
  if (hasOutside && areUntyped(tags)) return true;
  return tags.filter((tag) => isTag(tag)).length > tags.length / 2 && (hasOutside || lines.some((line) => line.includes('\t')));
}

/** The JSON formats that most rows look like. */
function formatsOfRows(rows: readonly JsonRowValue[]): readonly DatasetFormatName[] {
  const counts = Array.from(jsonShapes, ([name, looksLike]) => ({ name, count: rows.filter(looksLike).length }));
  const most = Math.max(1, ...counts.map(({ count }) => count));
  const formats = counts.filter(({ count }) => count === most).map(({ name }) => name);
  return formats.join() === alikeWithoutMentions.join() ? formats.slice(0, 1) : formats;
}

async function firstRows(path: string): Promise<readonly JsonRowValue[]> {
  const rows: JsonRowValue[] = [];
  let [count, length] = [0, 0];
  try {
    for await (const { text = '' } of jsonTexts(path)) {
      rows.push(...rowsIn(text));
      count++;
      length += text.length;
      if (count === sampleSize || length > sampleLength) break;
    }
  } catch (error) {
    // What goes on after a bracket that closes may be columns or a text; if not, reading will tell.
    if (!(error instanceof NerError)) throw error;
  }
  return rows;
}

/** Formats whose rows `{"text": …, "entities": []}` are the same and are read alike. */
const alikeWithoutMentions: readonly DatasetFormatName[] = ['jsonl', 'doccano'];

/** The row that a text is in JSON, if it is one: an object, or a list that begins with a text. */
function rowsIn(text: string): readonly JsonRowValue[] {
  try {
    const value: unknown = JSON.parse(text.trim());
    return isObject(value) || (Array.isArray(value) && typeof value[0] === 'string') ? [value] : [];
  } catch {
    return []; // a bad row, which reading will tell
  }
}
