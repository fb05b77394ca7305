import { isUtf8 } from 'node:buffer';
import { NerError } from '../error.ts';
import { type JsonLayout, jsonScanner } from './json-scanner.ts';
import { lookAhead } from './look-ahead.ts';
import { fileBlocks, lineBlocks } from './text-file.ts';

/** The text of one JSON value of a file, unparsed. */
export interface JsonText {
  /** Where it begins, from 1. */
  readonly line: number;
  /** `undefined` if it is not UTF-8. */
  readonly text: string | undefined;
}

const expectedFile = 'a file of JSON Lines or with one JSON array';

/**
 * The values of a JSON file, read as they are asked for, with memory for one value and one block of the file. A file that begins with
 * `[` is one array, whose elements are the values; one whose first line is nothing but `{` has objects over several lines; any other has
 * one value a line, blank lines left out.
 * @throws {NerError} `unreadable-input` if the file cannot be read, or goes on after the array.
 */
export async function* jsonTexts(path: string): AsyncGenerator<JsonText, void, undefined> {
  const { head, all } = await lookAhead(fileBlocks(path, expectedFile), 1);
  const layout = layoutOf(head[0]?.toString('utf8') ?? '');
  if (layout !== 'lines') {
    yield* scanned(all, path, layout);
    return;
  }
  for await (const { line, texts } of lineBlocks(all)) {
    for (const [index, text] of texts.entries()) if (text?.trim() !== '') yield { line: line + index, text };
  }
}

/** @param start - the first characters of the file. A byte order mark is white space, too. */
function layoutOf(start: string): JsonLayout | 'lines' {
  if (/^\s*\[/.test(start)) return 'array';
  return /^\s*\{[ \t\r]*\n/.test(start) ? 'objects' : 'lines';
}

/** The values that a scanner finds. One that the file breaks off comes as far as it goes, so that parsing it tells. */
async function* scanned(blocks: AsyncIterable<Uint8Array>, path: string, layout: JsonLayout): AsyncGenerator<JsonText, void, undefined> {
  const scanner = jsonScanner(layout);
  let parts: Uint8Array[] = [];
  let start = 1;
  const value = (): JsonText => {
    const bytes = Buffer.concat(parts);
    parts = [];
    return { line: start, text: isUtf8(bytes) ? bytes.toString('utf8') : undefined };
  };
  for await (const bytes of blocks) {
    let from = 0;
    for (const { kind, at, line } of scanner.scan(bytes)) {
      if (kind === 'excess') {
        throw new NerError(`${path}:${line} goes on after its array ends; expected ${expectedFile}.`, {
          code: 'unreadable-input',
          path,
          line,
        });
      }
      if (kind === 'start') {
        from = at;
        start = line;
      } else {
        parts.push(bytes.subarray(from, at));
        yield value();
      }
    }
    if (scanner.isInValue()) parts.push(bytes.subarray(from));
  }
  if (!scanner.isDone()) yield value();
}
