/** What a scanner finds at a byte. */
interface ScannerEvent {
  /** A value starts, or has ended before this byte, or there is something after the array. */
  readonly kind: 'start' | 'end' | 'excess';
  readonly at: number;
  /** From 1. */
  readonly line: number;
}

export interface JsonScanner {
  /** @param bytes - those after the ones before. */
  scan(bytes: Uint8Array): readonly ScannerEvent[];
  /** Whether a value has started and not ended. */
  isInValue(): boolean;
  /** Whether all could end here. */
  isDone(): boolean;
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

/** How a file holds several values: as the elements of one array, or as objects over several lines that follow each other. */
export type JsonLayout = 'array' | 'objects';

/** Finds JSON values in bytes by counting brackets outside strings; whether they are JSON is not its business. */
export function jsonScanner(layout: JsonLayout): JsonScanner {
  let depth = 0;
  let line = 1;
  let isInString = false;
  let isEscaped = false;
  let isInValue = false;
  let isClosed = false;

  function inString(code: number): void {
    if (isEscaped) isEscaped = false;
    else if (code === byte.backslash) isEscaped = true;
    else if (code === byte.quote) isInString = false;
  }

  function nest(code: number): void {
    if (code === byte.openBracket || code === byte.openBrace) depth++;
    else if (code === byte.closeBracket || code === byte.closeBrace) depth--;
    else if (code === byte.quote) isInString = true;
  }

  function inArray(code: number): ScannerEvent['kind'] | undefined {
    if (isClosed) return 'excess';
    const closes = code === byte.closeBracket || code === byte.closeBrace;
    if (depth === 1 && (closes || code === byte.comma)) {
      const ends = isInValue;
      isInValue = false;
      isClosed = closes;
      return ends ? 'end' : undefined;
    }
    const starts = depth > 0 && !isInValue;
    isInValue ||= starts;
    nest(code);
    return starts ? 'start' : undefined;
  }

  function amongObjects(code: number): ScannerEvent['kind'] | undefined {
    const starts = !isInValue;
    isInValue = true;
    nest(code);
    if (starts) return 'start';
    if (depth > 0 || code !== byte.closeBrace) return undefined;
    isInValue = false;
    return 'end';
  }

  const outsideStrings = layout === 'array' ? inArray : amongObjects;
  /** An element ends before the comma after it, an object with its own brace. */
  const bytesToEnd = layout === 'array' ? 0 : 1;

  function advance(code: number): ScannerEvent['kind'] | undefined {
    if (code === byte.lineFeed) line++;
    if (isInString) {
      inString(code);
      return undefined;
    }
    return isSpace(code) || (depth === 0 && byteOrderMark.includes(code)) ? undefined : outsideStrings(code);
  }

  return {
    isInValue: () => isInValue,
    isDone: () => (layout === 'array' ? isClosed : !isInValue),
    scan(bytes) {
      const events: ScannerEvent[] = [];
      // By index, since an iterator would take most of the time of reading a file.
      for (let at = 0; at < bytes.length; at++) {
        const kind = advance(bytes[at] ?? 0);
        if (kind !== undefined) events.push({ kind, at: kind === 'end' ? at + bytesToEnd : at, line });
      }
      return events;
    },
  };
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
