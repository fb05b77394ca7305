import { isUtf8 } from 'node:buffer';
import { NerError } from '../error.ts';
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
 * `[` is one array, whose elements are the values; any other has one value a line, blank lines left out.
 * @throws {NerError} `unreadable-input` if the file cannot be read, or goes on after the array.
 */
export async function* jsonTexts(path: string): AsyncGenerator<JsonText, void, undefined> {
  const { head, all } = await lookAhead(fileBlocks(path, expectedFile), 1);
  if (isArray(head[0])) {
    yield* elements(all, path);
    return;
  }
  for await (const { line, texts } of lineBlocks(all)) {
    for (const [index, text] of texts.entries()) if (text?.trim() !== '') yield { line: line + index, text };
  }
}

const byte = {
  lineFeed: 0x0a,
  quote: 0x22,
  comma: 0x2c,
  backslash: 0x5c,
  openBracket: 0x5b,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
};
const byteOrderMark: readonly number[] = [0xef, 0xbb, 0xbf];

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isArray(start: Uint8Array | undefined): boolean {
  return start?.find((code) => !isSpace(code) && !byteOrderMark.includes(code)) === byte.openBracket;
}

/** The elements of an array. One that the file breaks off comes as far as it goes, so that parsing it tells. */
async function* elements(blocks: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<JsonText, void, undefined> {
  const scanner = arrayScanner();
  let parts: Uint8Array[] = [];
  let start = 1;
  const element = (): JsonText => {
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
        yield element();
      }
    }
    if (scanner.isInElement()) parts.push(bytes.subarray(from));
  }
  if (!scanner.isDone()) yield element();
}

interface ScannerEvent {
  /** An element starts or ends at a byte of the block, or there is something after the array. */
  readonly kind: 'start' | 'end' | 'excess';
  readonly at: number;
  readonly line: number;
}

/** Finds the elements of an array in its bytes by counting brackets outside strings; whether they are JSON is not its business. */
function arrayScanner() {
  let depth = 0;
  let line = 1;
  let isInString = false;
  let isEscaped = false;
  let isInElement = false;
  let isDone = false;

  function inString(code: number): void {
    if (isEscaped) isEscaped = false;
    else if (code === byte.backslash) isEscaped = true;
    else if (code === byte.quote) isInString = false;
  }

  function outsideStrings(code: number): ScannerEvent['kind'] | undefined {
    if (isDone) return 'excess';
    const closes = code === byte.closeBracket || code === byte.closeBrace;
    if (depth === 1 && (closes || code === byte.comma)) {
      const ends = isInElement;
      isInElement = false;
      isDone = closes;
      return ends ? 'end' : undefined;
    }
    const starts = depth > 0 && !isInElement;
    isInElement ||= starts;
    if (closes) depth--;
    else if (code === byte.openBracket || code === byte.openBrace) depth++;
    else if (code === byte.quote) isInString = true;
    return starts ? 'start' : undefined;
  }

  return {
    isInElement: () => isInElement,
    isDone: () => isDone,
    scan(bytes: Uint8Array): readonly ScannerEvent[] {
      const events: ScannerEvent[] = [];
      // By index, since an iterator would take most of the time of reading a file.
      for (let at = 0; at < bytes.length; at++) {
        const code = bytes[at] ?? 0;
        if (code === byte.lineFeed) line++;
        if (isInString) {
          inString(code);
        } else if (!isSpace(code) && (depth > 0 || !byteOrderMark.includes(code))) {
          const kind = outsideStrings(code);
          if (kind !== undefined) events.push({ kind, at, line });
        }
      }
      return events;
    },
  };
}
