import { basename, extname } from 'node:path';
import { z } from 'zod';
import { jsonRows, rowId } from '../dataset/json-rows.ts';
import { readTextFile } from '../dataset/text-file.ts';
import type { LabelledSentence } from '../document/labelled.ts';
import { normalize } from '../document/normalization.ts';
import { type NerError, usageError } from '../error.ts';
import type { Recognizer } from '../pipeline/recognizer.ts';
import { sentencesOf } from '../pool/prepared-pool.ts';
import { counted } from './counted.ts';
import { failureMessage } from './failure-message.ts';
import type { OpenedPool } from './pool.ts';
import { frequentReasons } from './reasons.ts';
import type { Terminal } from './terminal.ts';

const expectedFile = 'texts without labels, as JSON or a text a line,';
const expectedRow = '{"id"?: …, "text": …}';
const textRow = z.object({ id: rowId.optional(), text: z.string() });

/**
 * The texts of a file that a pool has not, each once; empty ones are left out.
 * @throws {NerError} `unreadable-input`; `usage` if there is none.
 */
export async function readFreshTexts(path: string, { pool, index }: OpenedPool): Promise<readonly LabelledSentence[]> {
  const known = index === undefined ? (pool ?? []) : sentencesOf(index);
  const seen = new Set(['', ...known.map(({ text }) => normalize(text).text)]);
  const fresh = (await readTexts(path)).filter(({ text }) => {
    const key = normalize(text).text;
    const isFresh = !seen.has(key);
    seen.add(key);
    return isFresh;
  });
  if (fresh.length === 0)
    throw usageError(`${path} has no text${known.length > 0 ? ' that the pool has not' : ''}; expected texts to label.`);
  return fresh;
}

async function readTexts(path: string): Promise<readonly LabelledSentence[]> {
  if (!['.json', '.jsonl', '.ndjson'].includes(extname(path).toLowerCase())) {
    const lines = (await readTextFile(path, expectedFile)).split(/\r?\n/);
    return lines.map((text, at) => ({ id: `${basename(path)}:${at + 1}`, text, entities: [] }));
  }
  const texts: LabelledSentence[] = [];
  for await (const { name, value } of jsonRows(textRow, { path, expected: expectedRow }))
    texts.push({ id: value.id ?? name, text: value.text, entities: [] });
  return texts;
}

/** @throws {NerError} `usage` for an ensemble of one, where members are to agree. */
export function checkSeveral({ models }: Pick<Recognizer, 'models'>): void {
  if (models.length < 2) throw usageError('One model has nobody to agree with; expected at least two among --models.');
}

/** Tells why texts could not be read. */
export function noteUnread(failures: readonly NerError[], { note }: Pick<Terminal, 'note'>): void {
  for (const { reason, count } of frequentReasons(failures.map(failureMessage)))
    note(`${counted(count, 'text')} could not be read: ${reason}`);
}
