import fc from 'fast-check';

/** One change of a file: by bytes, by lines and fields, or by the values of its JSON. */
interface Change {
  readonly kind: 'bytes' | 'cut' | 'lines' | 'field' | 'json' | 'splice';
  /** Where, and by what: taken modulo of whatever there is. */
  readonly at: number;
  readonly by: number;
}

/** A valid file, and what is done to it. */
export interface Mutation {
  readonly seed: number;
  readonly changes: readonly Change[];
}

/** How a file of one of several seeds is mutated: seldom not at all, mostly once or twice. */
export const mutation: fc.Arbitrary<Mutation> = fc.record({
  seed: fc.nat(1000),
  changes: fc.array(
    fc.record({
      kind: fc.constantFrom('bytes', 'cut', 'lines', 'lines', 'field', 'field', 'json', 'json', 'json', 'splice'),
      at: fc.nat(1_000_000),
      by: fc.nat(1_000_000),
    }),
    { maxLength: 4 },
  ),
});

/** Bytes that formats stumble over. */
const badBytes = ['\ufeff', '\u0000', '\r', '\n', '\t', '"', '\\', '{', ']', '\u2028', '😀', ' ', '-', '9'].map((text) =>
  Buffer.from(text),
);
const brokenUtf8 = [Buffer.of(0xff), Buffer.of(0xc0, 0x80), Buffer.of(0xed, 0xa0, 0x80), Buffer.of(0xf0, 0x9f)];
const fields = [
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  '99999999999999999999',
  '1.5',
  'NaN',
  'O',
  'B-',
  'I-x',
  'null',
  '__proto__',
  '12;15',
  'T1',
  '\u0000',
  '😀',
  'a'.repeat(10_000),
];
const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  '',
  ' ',
  '__proto__',
  '\ud800',
  '😀',
  'a'.repeat(10_000),
  [],
  {},
  [[[[]]]],
  [null],
  { a: { b: { c: [] } } },
];

/** The file that a mutation makes of seeds. */
export function mutated(seeds: readonly Buffer[], { seed, changes }: Mutation): Buffer {
  const original = pick(seeds, seed);
  return changes.reduce((bytes, change) => changed(bytes, change, seeds), original);
}

function changed(bytes: Buffer, { kind, at, by }: Change, seeds: readonly Buffer[]): Buffer {
  switch (kind) {
    case 'cut':
      return bytes.subarray(0, at % (bytes.length + 1));
    case 'bytes':
      return withBytes(bytes, at, by);
    case 'splice': {
      const other = pick(seeds, by);
      return Buffer.concat([bytes.subarray(0, at % (bytes.length + 1)), other.subarray(by % (other.length + 1))]);
    }
    case 'lines':
      return withLines(bytes, at, by);
    case 'field':
      return withField(bytes, at, by);
    case 'json':
      return withValue(bytes, at, by);
    default:
      return kind satisfies never;
  }
}

function withBytes(bytes: Buffer, at: number, by: number): Buffer {
  const place = at % (bytes.length + 1);
  const added = pick([...badBytes, ...brokenUtf8], by);
  const kept = [bytes.subarray(0, place), bytes.subarray(place + (by % 3))];
  if (by % 2 === 0) return Buffer.concat([kept[0] ?? added, added, kept[1] ?? added]);
  const flipped = Buffer.from(bytes);
  if (flipped.length > 0) flipped[at % flipped.length] = by % 256;
  return flipped;
}

function withLines(bytes: Buffer, at: number, by: number): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  const place = at % lines.length;
  const line = lines[place] ?? '';
  const ways = [
    [],
    [line, line],
    [line, ''],
    ['', line],
    [line.slice(0, by % (line.length + 1))],
    [line + pick(lines, by)],
    [pick(lines, by)],
  ];
  return Buffer.from(lines.toSpliced(place, 1, ...pick(ways, by)).join('\n'), 'latin1');
}

function withField(bytes: Buffer, at: number, by: number): Buffer {
  const parts = bytes.toString('latin1').split(/([\t\n |:,]+)/);
  return Buffer.from(parts.with(at % parts.length, Buffer.from(pick(fields, by)).toString('latin1')).join(''), 'latin1');
}

/** Another value somewhere in the JSON that the file, or one of its lines, is; other files stay as they are. */
function withValue(bytes: Buffer, at: number, by: number): Buffer {
  const text = bytes.toString('utf8');
  const whole = parsed(text);
  if (whole !== undefined) return Buffer.from(JSON.stringify(replaced(whole.value, at, by)));
  const lines = text.split('\n');
  const place = at % lines.length;
  const value = parsed(lines[place] ?? '');
  return value === undefined ? bytes : Buffer.from(lines.with(place, JSON.stringify(replaced(value.value, at, by)) ?? '').join('\n'));
}

/** A value in which the node that a walk by `at` comes to is another, missing, or there twice. */
function replaced(value: unknown, at: number, by: number): unknown {
  const isLeaf = typeof value !== 'object' || value === null || at % 5 === 0;
  if (isLeaf) return pick(values, by);
  const next = Math.floor(at / 5);
  if (Array.isArray(value)) {
    if (value.length === 0) return [pick(values, by)];
    const place = next % value.length;
    if (by % 7 === 0) return value.toSpliced(place, 1);
    if (by % 7 === 1) return [...value, value[place]];
    return value.with(place, replaced(value[place], next, by));
  }
  const entries = Object.entries(value);
  const [key, inner] = entries[next % Math.max(1, entries.length)] ?? ['added', null];
  if (by % 7 === 0) return Object.fromEntries(entries.filter(([name]) => name !== key));
  return Object.fromEntries([...entries, [by % 7 === 1 ? pick(fields, by) : key, replaced(inner, next, by)]]);
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function pick<T>(items: readonly T[], by: number): T {
  const item = items[by % items.length];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}
