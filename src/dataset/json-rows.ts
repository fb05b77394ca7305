import { basename } from 'node:path';
import { z } from 'zod';
import { NerError } from '../error.ts';
import { jsonTexts } from './json-texts.ts';
import { type BadRowListener, takeBadRow } from './report.ts';
import type { Sample } from './sample.ts';
import { notUtf8 } from './text-file.ts';

/** An identifier, which may be a number in a file. */
export const rowId = z.union([z.string(), z.number().transform(String)]);
/** The name of an entity type. */
export const typeName = z.string().regex(/\S/, 'expected a name');

/** One row of a JSON file. */
export interface JsonRow<T> {
  /** Where it begins, from 1. */
  readonly line: number;
  /**
   * What the row is called unless it says so itself: the file's name and the line, `pool.jsonl:3`; of rows that begin on one line each but
   * the first has its number too, `export.json:1#2`.
   */
  readonly name: string;
  readonly value: T;
}

/** The file that rows come from. */
export interface RowSource {
  readonly path: string;
  /** What a row is, in words, for messages. */
  readonly expected: string;
  /** Is told of bad rows, which are left out then; without it the first one ends the reading. */
  readonly badRow?: BadRowListener | undefined;
}

/**
 * The rows of a JSON file in UTF-8, see {@link jsonTexts}: one a line, the elements of one array, or objects over several lines. They are
 * read as they are asked for, with memory for one row at a time.
 * @throws {NerError} `unreadable-input`, with the line where there is one, if the file cannot be read, is not UTF-8, has no rows, or
 * a row is not JSON of this schema. The rows before a bad one come out first.
 */
export async function* jsonRows<T>(schema: z.ZodType<T>, source: RowSource): AsyncGenerator<JsonRow<T>, void, undefined> {
  const { path, expected } = source;
  let isEmpty = true;
  let [lastLine, ofLine] = [0, 0];
  for await (const { line, text } of jsonTexts(path)) {
    isEmpty = false;
    ofLine = line === lastLine ? ofLine + 1 : 1;
    lastLine = line;
    let value: T;
    try {
      if (text === undefined) throw notUtf8(path, line);
      value = parseRow(text, schema, rowError(source, line));
    } catch (error) {
      takeBadRow(error, source.badRow);
      continue;
    }
    const place = `${basename(path)}:${line}`;
    yield { line, name: ofLine === 1 ? place : `${place}#${ofLine}`, value };
  }
  if (isEmpty) throw new NerError(`${path} is empty; expected ${expected} on each line.`, { code: 'unreadable-input', path });
}

/**
 * The samples of rows.
 * @param samplesOf - those of one row; throws a `RangeError`, whose message is a sentence, for one that makes no sense.
 * @throws {NerError} `unreadable-input` for such a row, unless it is taken as a bad one.
 */
export async function* samplesOfRows<T>(
  rows: AsyncIterable<JsonRow<T>>,
  source: RowSource,
  samplesOf: (row: JsonRow<T>) => readonly Sample[],
): AsyncGenerator<Sample, void, undefined> {
  for await (const row of rows) {
    let samples: readonly Sample[] = [];
    try {
      samples = samplesOf(row);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      takeBadRow(rowError(source, row.line)(cause.message, cause), source.badRow);
    }
    yield* samples;
  }
}

function parseRow<T>(row: string, schema: z.ZodType<T>, failed: ReturnType<typeof rowError>): T {
  let value: unknown;
  try {
    value = JSON.parse(row.trim()); // of a byte order mark too, where files were joined
  } catch (cause) {
    throw failed(`${cause instanceof Error ? cause.message : String(cause)}.`, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw failed(`${firstProblem(parsed.error.issues)}.`, parsed.error);
}

/** Where and what the first issue is. Of a union that is the issue with its first option, so schemas put the usual one there. */
function firstProblem(issues: readonly z.core.$ZodIssue[], within: readonly PropertyKey[] = []): string {
  const [issue] = issues;
  if (issue === undefined) return 'It is not as expected';
  const path = [...within, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors[0] !== undefined) return firstProblem(issue.errors[0], path);
  const place = path.length === 0 ? '' : `${path.join('.')}: `;
  return place + issue.message.replace('Invalid input: ', '');
}

/** Makes the error for a row that has a problem, which is a sentence. */
function rowError({ path, expected }: RowSource, line: number): (problem: string, cause: unknown) => NerError {
  return (problem, cause) =>
    new NerError(`${path}:${line} cannot be read. ${problem} Expected ${expected}.`, { code: 'unreadable-input', path, line }, { cause });
}
