/** A value in a reply. Objects are maps, so that no key of a reply means anything to JavaScript; of equal keys the last counts. */
export type ReplyValue = string | number | boolean | null | readonly ReplyValue[] | ReadonlyMap<string, ReplyValue>;

/** An object or array found in a reply. */
export interface ReplyJson {
  readonly value: readonly ReplyValue[] | ReadonlyMap<string, ReplyValue>;
  /** Whether it ended before its closing bracket; it then holds what was complete until there. */
  readonly cut: boolean;
}

/** Places in a reply at which a value is looked for, … */
const attempts = 64;
/** … as long as what was read from all of them together has no more code units: it keeps the time linear in the reply's length. */
const mostRead = 1_000_000;
/** Brackets within brackets that are followed; a reply that opens more is not JSON. */
const deepest = 16;

/**
 * The objects and arrays in a reply, in order; those inside others are not listed again. It reads all JSON as `JSON.parse` does
 * and, for models that are not held to it, what they write in its place: prose and fences around it, single or typographic
 * quotes, line breaks and unescaped quotes inside strings, keys and values of objects without quotes, Python's `True`, `False`
 * and `None`, trailing commas, and an end at any place.
 */
export function readReplyJson(reply: string): readonly ReplyJson[] {
  const found: ReplyJson[] = [];
  const starts = /[[{]/g;
  let read = 0;
  for (let attempt = 0; attempt < attempts && read < mostRead && starts.test(reply); attempt++) {
    const start = starts.lastIndex - 1;
    const reader: Reader = { text: reply, at: start, cut: false };
    const value = readContainer(reader, 0);
    read += reader.at - start;
    if (value === undefined || (reader.cut && isEmpty(value))) continue;
    found.push({ value, cut: reader.cut });
    starts.lastIndex = reader.at;
  }
  return found;
}

/** Where a reading stands. Once `cut` is set, nothing more is read and every open container ends. */
interface Reader {
  readonly text: string;
  at: number;
  cut: boolean;
}

function readContainer(reader: Reader, depth: number): ReplyJson['value'] | undefined {
  if (depth > deepest) return undefined;
  return take(reader, /\{/y) === undefined ? readArray(reader, depth) : readObject(reader, depth);
}

function readArray(reader: Reader, depth: number): readonly ReplyValue[] | undefined {
  if (take(reader, /\[/y) === undefined) return undefined;
  const items: ReplyValue[] = [];
  while (!reader.cut) {
    take(reader, /[\s,]+/y);
    if (take(reader, /\]/y) !== undefined) break;
    const item = readValue(reader, depth);
    if (item === undefined) reader.cut = true;
    else items.push(item);
  }
  return items;
}

function readObject(reader: Reader, depth: number): ReadonlyMap<string, ReplyValue> {
  const entries = new Map<string, ReplyValue>();
  while (!reader.cut) {
    take(reader, /[\s,]+/y);
    if (take(reader, /\}/y) !== undefined) break;
    const key = readString(reader) ?? take(reader, /[\w-]+/y);
    const colon = take(reader, /\s*:\s*/y);
    const value = colon === undefined ? undefined : readValue(reader, depth);
    const entry = colon !== undefined && value === undefined ? readBareWords(reader) : value;
    if (key === undefined || entry === undefined) reader.cut = true;
    else entries.set(key, entry);
  }
  return entries;
}

function readValue(reader: Reader, depth: number): ReplyValue | undefined {
  return readString(reader) ?? readContainer(reader, depth + 1) ?? readScalar(reader);
}

const scalars = new Map<string, boolean | null>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
]);

/** A number or a word that stands for a value; at the end of the reply it may be half of one, and is not read. */
function readScalar(reader: Reader): number | boolean | null | undefined {
  const word = take(reader, /(?:[Tt]rue|[Ff]alse|null|None|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=\s*[,\]}])/y);
  if (word === undefined) return undefined;
  return scalars.has(word) ? scalars.get(word) : Number(word);
}

/** A value without quotes, up to the comma, brace or line end behind it. */
function readBareWords(reader: Reader): string | undefined {
  return take(reader, /[^\s"'{}[\],:][^"{}[\],\n]*(?=[,}\n])/y)?.trim();
}

const closingQuotes = new Map([
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['‘', '’'],
]);

/** A quote ends its string only where something that follows a string comes next: an unescaped quote inside it does not. */
const behindString = /\s*(?:[,\]}:]|$)/y;

function readString(reader: Reader): string | undefined {
  const { text } = reader;
  const closing = closingQuotes.get(text.charAt(reader.at));
  if (closing === undefined) return undefined;
  let string = '';
  for (let at = reader.at + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') {
      const [written, meant] = readEscape(text, at);
      string += meant;
      at += written.length - 1;
    } else if (character === closing && isBehindString(text, at + 1)) {
      reader.at = at + 1;
      return string;
    } else {
      string += character;
    }
  }
  reader.at = text.length;
  reader.cut = true;
  return undefined;
}

function isBehindString(text: string, at: number): boolean {
  behindString.lastIndex = at;
  return behindString.test(text);
}

const escapes = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** The escape at `at` as it is written and as it is meant; a character that needs no escape means itself. */
function readEscape(text: string, at: number): readonly [written: string, meant: string] {
  const code = /^u([\da-fA-F]{4})/.exec(text.slice(at + 1, at + 6))?.[1];
  if (code !== undefined) return [`\\u${code}`, String.fromCharCode(Number.parseInt(code, 16))];
  const character = text.charAt(at + 1);
  return [`\\${character}`, escapes.get(character) ?? character];
}

/** Reads what the sticky pattern matches here. */
function take(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text)?.[0];
  reader.at += match?.length ?? 0;
  return match;
}

function isEmpty(value: ReplyJson['value']): boolean {
  return value.keys().next().done === true;
}
