import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import type { LabelledSentence } from '../document/labelled.ts';
import { offsetConverter } from '../document/offsets.ts';
import { bySpan } from '../document/span.ts';
import { NerError } from '../error.ts';
import { decodeUtf8, unreadableFile } from './text-file.ts';

/** One row of a JSON Lines file. */
export interface JsonlRow<T> {
  /** From 1, blank lines counted. */
  readonly line: number;
  /** What the row is called unless it says so itself: the file's name and the line, `pool.jsonl:3`. */
  readonly name: string;
  readonly value: T;
}

/**
 * The rows of a JSON Lines file in UTF-8, read as they are asked for, with memory for one row at a time. Blank lines are left out.
 * @param expected - what a row is, in words, for messages.
 * @throws {NerError} `unreadable-input`, with the line where there is one, if the file cannot be read, is not UTF-8, has no rows, or
 * a row is not JSON of this schema. The rows before a bad one come out first.
 */
export async function* jsonlRows<T>(path: string, schema: z.ZodType<T>, expected: string): AsyncGenerator<JsonlRow<T>, void, undefined> {
  let line = 0;
  let isEmpty = true;
  for await (const bytes of lines(path)) {
    line++;
    const row = decodeUtf8(bytes, path, line);
    if (row.trim() === '') continue;
    isEmpty = false;
    yield { line, name: `${basename(path)}:${line}`, value: parseRow(row, schema, rowError(path, line, expected)) };
  }
  if (isEmpty) throw new NerError(`${path} is empty; expected ${expected} on each line.`, { code: 'unreadable-input', path });
}

const labelledRow = z.object({
  id: z.union([z.string(), z.number().transform(String)]).optional(),
  text: z.string(),
  entities: z.array(z.object({ start: z.int(), end: z.int(), type: z.string().regex(/\S/, 'expected a name') })),
  offsetUnit: z.enum(['utf16', 'codepoint']).default('utf16'),
});
type LabelledRow = z.infer<typeof labelledRow>;

const expectedRow = '{"text": …, "entities": [{"start": …, "end": …, "type": …}]}';

/**
 * The labelled sentences of a JSON Lines file, one a row: `{"id"?, "text", "entities": [{"start", "end", "type"}], "offsetUnit"?}`;
 * other keys are ignored. Offsets are half-open and count UTF-16 code units, or Unicode code points with `"offsetUnit": "codepoint"`;
 * what comes out counts UTF-16 code units. Without an `id` a sentence is called by file and line, `pool.jsonl:3`.
 * @throws {NerError} `unreadable-input`, as {@link jsonlRows} does, and for spans that are empty, outside the text or cut a character.
 */
export async function* readJsonl(path: string): AsyncGenerator<LabelledSentence, void, undefined> {
  for await (const { line, name, value } of jsonlRows(path, labelledRow, expectedRow)) {
    const { id = name, text } = value;
    try {
      yield { id, text, entities: entitiesOf(value) };
    } catch (cause) {
      if (cause instanceof RangeError) throw rowError(path, line, expectedRow)(cause.message, cause);
      throw cause;
    }
  }
}

function entitiesOf({ text, entities, offsetUnit }: LabelledRow): LabelledSentence['entities'] {
  const converter = offsetConverter(text);
  const toUtf16 = (offset: number): number => {
    if (offsetUnit === 'codepoint') return converter.toUtf16(offset);
    converter.toCodePoint(offset); // throws for a position that is none
    return offset;
  };
  const spans = entities.map(({ start, end, type }) => {
    if (start >= end) throw new RangeError(`An entity starts at ${start} and ends at ${end}; expected a start before the end.`);
    return { start: toUtf16(start), end: toUtf16(end), type };
  });
  return spans.sort(bySpan);
}

function parseRow<T>(row: string, schema: z.ZodType<T>, failed: ReturnType<typeof rowError>): T {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch (cause) {
    throw failed(`${cause instanceof Error ? cause.message : String(cause)}.`, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw failed(`${place}${issue?.message.replace('Invalid input: ', '')}.`, parsed.error);
}

/** Makes the error for a row that has a problem, which is a sentence. */
function rowError(path: string, line: number, expected: string): (problem: string, cause: unknown) => NerError {
  return (problem, cause) =>
    new NerError(`${path}:${line} cannot be read. ${problem} Expected ${expected}.`, { code: 'unreadable-input', path, line }, { cause });
}

const lineFeed = 0x0a;

/** The lines of a file as bytes. In UTF-8 a line feed is a part of no other character. */
async function* lines(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  let unfinished: Uint8Array[] = [];
  for await (const bytes of chunks(path)) {
    let from = 0;
    for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, from)) {
      yield Buffer.concat([...unfinished, bytes.subarray(from, at)]);
      unfinished = [];
      from = at + 1;
    }
    unfinished.push(bytes.subarray(from));
  }
  const last = Buffer.concat(unfinished);
  if (last.length > 0) yield last;
}

async function* chunks(path: string): AsyncGenerator<Buffer, void, undefined> {
  const stream: AsyncIterable<Buffer> = createReadStream(path); // it has no encoding, so that its chunks are buffers
  try {
    yield* stream;
  } catch (cause) {
    throw unreadableFile(path, 'a JSON Lines file', cause);
  }
}
