/**
 * Grounding of 200 strings in a text of 5,000 tokens, the preparation of the text included, against what is usual: a regular expression
 * a string over the normalised text, which loses the offsets; and for strings that it does not find, the edit distance to every window of
 * as many words, which is what finding misspelt strings costs without an index. Prints a line of JSON, and one for people to stderr.
 */
import { ground } from '../src/document/grounding.ts';

const goalMs = 20;
const runs = 9;
const warmUpMs = 500;
const tokens = 5_000;
const { text, replies } = workload();

const groundMs = medianMs(() => ground(text, replies));
const regexMs = medianMs(() => findByRegex(text, replies));
const editDistanceMs = medianMs(() => findByEditDistance(text, findByRegex(text, replies).missing));
const { spans, hallucinated } = ground(text, replies);
const count = (alignment: string) => spans.filter((span) => span.alignment === alignment).length;
const result = {
  name: 'grounding',
  medianMs: groundMs,
  goalMs,
  /** How many times as long the rival takes that also finds misspelt strings. */
  ratio: editDistanceMs / groundMs,
  /** How many times as long the rival takes that does not. */
  regexRatio: regexMs / groundMs,
  regexMs,
  editDistanceMs,
  runs,
  tokens,
  codeUnits: text.length,
  replies: replies.length,
  spans: { exact: count('exact'), normalized: count('normalized'), fuzzy: count('fuzzy') },
  hallucinated: hallucinated.length,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.stderr.write(
  `grounding: ${groundMs.toFixed(1)} ms (goal ${goalMs} ms) for ${replies.length} strings in ${tokens} tokens; regular expressions alone ` +
    `${regexMs.toFixed(1)} ms, with edit distances ${editDistanceMs.toFixed(0)} ms (${result.ratio.toFixed(0)} times as long)\n`,
);

/** Median duration of `runs` runs, after some that make it warm. */
function medianMs(run: () => unknown): number {
  const warm = performance.now() + warmUpMs;
  do run();
  while (performance.now() < warm);
  const durations = Array.from({ length: runs }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  }).sort((a, b) => a - b);
  return durations[Math.floor(runs / 2)] ?? Number.NaN;
}

function plain(string: string): string {
  return string.normalize('NFKC').replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/\s+/g, ' ').trim();
}

function findByRegex(text: string, replies: readonly string[]): { readonly found: number; readonly missing: readonly string[] } {
  const normalized = plain(text);
  const missing: string[] = [];
  let found = 0;
  for (const reply of replies) {
    const escaped = plain(reply).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const hits = [...normalized.matchAll(new RegExp(`(?<![\\p{L}\\p{N}\\p{M}_])${escaped}(?![\\p{L}\\p{N}\\p{M}_])`, 'giu'))];
    if (hits.length === 0) missing.push(reply);
    found += hits.length;
  }
  return { found, missing };
}

function findByEditDistance(text: string, replies: readonly string[]): number {
  const words = plain(text).toLowerCase().split(' ');
  let found = 0;
  for (const reply of replies) {
    const sought = plain(reply).toLowerCase();
    const size = sought.split(' ').length;
    for (let first = 0; first + size <= words.length; first++) {
      const window = words.slice(first, first + size).join(' ');
      if (editDistance(window, sought) <= Math.max(window.length, sought.length) / 6) found++;
    }
  }
  return found;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** A text with 160 names, and 200 strings: 120 of the names as they are, 40 written otherwise, and 40 that are not in the text. */
function workload(): { readonly text: string; readonly replies: readonly string[] } {
  const random = generator(1);
  const pick = <T>(from: readonly [T, ...T[]]): T => from[Math.floor(random() * from.length)] ?? from[0];
  const syllables = ['ba', 'ren', 'tho', 'mi', 'sel', 'ko', 'ár', 'dun', 'vö', 'li', 'gra', 'ne', 'pos', 'ty', 'ška', 'rum'] as const;
  const word = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(syllables)).join('');
  const capitalized = () => {
    const name = word() + word();
    return name.charAt(0).toUpperCase() + name.slice(1);
  };
  const names = Array.from({ length: 160 }, () => `${capitalized()} O’${capitalized()}`);
  const written: string[] = [];
  while (written.length < tokens) {
    const name = names[Math.floor(random() * names.length * 8)];
    if (name === undefined) written.push(random() < 0.1 ? `${word()}.` : word());
    else written.push(...name.split(' '));
  }
  for (const name of names) written.push(...name.split(' '), '–');
  const text = written
    .slice(-tokens)
    .map((token, index) => token + (index % 12 === 11 ? '\n' : ' '))
    .join('');
  const other = [
    (name: string) => name.normalize('NFD').replace('’', "'"),
    (name: string) => `“${name.toUpperCase()}”.`,
    (name: string) => name.replace('’', "'").replace(' ', '\n'),
    (name: string) => name.slice(0, -2) + name.slice(-1),
  ];
  const wrong = Array.from({ length: 40 }, () => `${capitalized()} ${capitalized()}`);
  const rewritten = names.slice(120).map((name, index) => other[index % other.length]?.(name) ?? name);
  return { text, replies: [...names.slice(0, 120), ...rewritten, ...wrong] };
}

/** A reproducible stream of numbers in [0, 1): Mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
