import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalize } from '../model/embedder.ts';
import { comparableText, trigramSimilarity } from './near-duplicates.ts';
import { type SelectionCandidate, type SelectionOptions, selectDemonstrations } from './selection.ts';

/** A candidate whose types are told by letters; it is called by its text. */
function candidate(text: string, types = '', more: Partial<SelectionCandidate> = {}): SelectionCandidate {
  const entities = Array.from(types, (type) => ({ start: 0, end: 1, type }));
  return { sentence: { id: text, text, entities }, score: 1, ...more };
}

const vector = (...values: number[]) => normalize(Float32Array.from(values));
const query = 'Anna flew to Rome.';

function chosen(ranked: readonly SelectionCandidate[], k: number, options: Omit<SelectionOptions, 'query'> = {}): readonly string[] {
  return selectDemonstrations(ranked, k, { query, ...options }).chosen.map(({ sentence }) => sentence.text);
}

const plain = ['one', 'two', 'three'].map((text) => candidate(text));
const typed = [candidate('a', 'p'), candidate('b', 'p'), candidate('c', 'pq'), candidate('d', 'r'), candidate('e', 'qr')];
const alike = [
  candidate('first', '', { score: 0.9, vector: vector(1, 0) }),
  candidate('its like', '', { score: 0.8, vector: vector(1, 0.1) }),
  candidate('the other', '', { score: 0.6, vector: vector(0, 1) }),
];
const copies = ['Anna  flew to ROME.', 'Berta went to the sea in May.', 'Berta went to the sea in may', 'Nothing.'].map((text) =>
  candidate(text),
);
const covering = [
  candidate('both a bit', '', { spanSimilarities: [0.6, 0.5] }),
  candidate('the first span', '', { spanSimilarities: [0.7, 0.1] }),
  candidate('the second span', '', { spanSimilarities: [0, 0.9] }),
];

const cases = [
  { name: 'the best ranked', ranked: plain, k: 2, options: {}, expected: ['one', 'two'] },
  { name: 'all that there are', ranked: plain, k: 5, options: {}, expected: ['one', 'two', 'three'] },
  { name: 'none', ranked: plain, k: 0, options: {}, expected: [] },
  { name: 'not the query', ranked: [candidate(' Anna flew\nto Rome. '), ...plain], k: 1, options: {}, expected: ['one'] },
  { name: 'the query where it is allowed', ranked: [candidate(query), ...plain], k: 1, options: { allowQuery: true }, expected: [query] },
  { name: 'types: others give way as late as can be', ranked: typed, k: 3, options: { coverTypes: true }, expected: ['a', 'b', 'e'] },
  { name: 'types: those that show most', ranked: typed, k: 2, options: { coverTypes: true }, expected: ['a', 'e'] },
  {
    name: 'types: the first stays though it shows none',
    ranked: [...plain, ...typed],
    k: 2,
    options: { coverTypes: true },
    expected: ['one', 'c'],
  },
  { name: 'diversity: none', ranked: alike, k: 2, options: { diversity: 0 }, expected: ['first', 'its like'] },
  { name: 'diversity: much', ranked: alike, k: 2, options: { diversity: 0.5 }, expected: ['first', 'the other'] },
  { name: 'near-duplicates: off', ranked: copies, k: 2, options: {}, expected: ['Anna  flew to ROME.', 'Berta went to the sea in May.'] },
  {
    name: 'near-duplicates: of the query and of one chosen',
    ranked: copies,
    k: 4,
    options: { nearDuplicates: 0.9 },
    expected: ['Berta went to the sea in May.', 'Nothing.'],
  },
  {
    name: 'spans: what is covered counts no more',
    ranked: covering,
    k: 2,
    options: { coverSpans: [1, 1] },
    expected: ['both a bit', 'the second span'],
  },
  { name: 'spans: weights decide', ranked: covering, k: 1, options: { coverSpans: [9, 1] }, expected: ['the first span'] },
  { name: 'spans: of no weight', ranked: covering, k: 2, options: { coverSpans: [0, 0] }, expected: ['both a bit', 'the first span'] },
];

for (const { name, ranked, k, options, expected } of cases) {
  test(`selection: ${name}`, () => assert.deepEqual(chosen(ranked, k, options), expected));
}

test('scores without a bound do not outweigh cosines', () => {
  const scaled = alike.map((next) => ({ ...next, score: next.score * 100 }));
  assert.deepEqual(chosen(scaled, 2, { diversity: 0.5 }), ['first', 'the other']);
});

test('numbers out of bounds, and span similarities that are missing, are errors', () => {
  assert.throws(() => chosen(alike, 2, { diversity: 1.5 }), RangeError);
  assert.throws(() => chosen(alike, 2, { nearDuplicates: 0 }), RangeError);
  assert.throws(() => chosen(alike, 2, { coverSpans: [1] }), RangeError);
  assert.throws(() => chosen(covering, 2, { coverSpans: [1] }), RangeError);
});

const cosine = fc.double({ min: -1, max: 1, noNaN: true });
const someCandidates = fc.array(
  fc
    .record({
      text: fc.constantFrom('a', 'b', query, `${query} `, 'Anna flew to Roma.', 'a long sentence', 'a long sentence!', 'another'),
      types: fc.constantFrom('', 'p', 'q', 'r', 'pq', 'rst', 'uv', 'pruv'),
      score: fc.double({ min: -2, max: 50, noNaN: true }),
      vector: fc.tuple(cosine, cosine).map((values) => vector(...values)),
      spanSimilarities: fc.array(cosine, { minLength: 2, maxLength: 2 }),
    })
    .map(({ text, types, ...more }) => candidate(text, types, more)),
  { maxLength: 12 },
);
const on = {
  allowQuery: fc.boolean(),
  coverTypes: fc.boolean(),
  diversity: fc.double({ min: 0, max: 1, noNaN: true }),
  nearDuplicates: fc.constantFrom(0.5, 0.9, 1),
  coverSpans: fc.tuple(fc.nat(4), fc.nat(4)),
};
const someOptions: fc.Arbitrary<Omit<SelectionOptions, 'query'>> = fc.record(on, { requiredKeys: [] });
const someK = fc.nat(6);

const isQuery = ({ sentence }: SelectionCandidate) => sentence.text.trim() === query;

test('whatever the options, k of the ranking are chosen, in its order, and never the query unless allowed', () => {
  fc.assert(
    fc.property(someCandidates, someK, someOptions, (ranked, k, options) => {
      const { chosen: found } = selectDemonstrations(ranked, k, { query, ...options });
      const places = found.map((next) => ranked.indexOf(next));
      assert.ok(places.every((place, at) => place >= 0 && place > (places[at - 1] ?? -1)));
      const available = options.allowQuery ? ranked : ranked.filter((next) => !isQuery(next));
      if (options.nearDuplicates === undefined) assert.equal(found.length, Math.min(k, available.length));
      else assert.ok(found.length <= Math.min(k, available.length));
      assert.ok(found.every((next) => available.includes(next)));
      assert.deepEqual(selectDemonstrations(ranked, k, { query, ...options }).chosen, found);
    }),
    { numRuns: 300 },
  );
});

test('with all options off the first k are chosen', () => {
  fc.assert(
    fc.property(someCandidates, someK, (ranked, k) => {
      const available = ranked.filter((next) => !isQuery(next));
      assert.deepEqual(selectDemonstrations(ranked, k, { query }).chosen, available.slice(0, k));
    }),
  );
});

function typesOf(candidates: readonly SelectionCandidate[]): ReadonlySet<string> {
  return new Set(candidates.flatMap(({ sentence }) => sentence.entities.map(({ type }) => type)));
}

test('with coverTypes at least as many types are shown as without', () => {
  fc.assert(
    fc.property(someCandidates, someK, someOptions, (ranked, k, { coverTypes: _, ...options }) => {
      const shown = (more: Pick<SelectionOptions, 'coverTypes'>) =>
        typesOf(selectDemonstrations(ranked, k, { query, ...options, ...more }).chosen).size;
      assert.ok(shown({ coverTypes: true }) >= shown({}));
    }),
    { numRuns: 300 },
  );
});

test('near-duplicates are neither chosen together nor beside the query, and nothing else is left out', () => {
  const similar = (a: string, b: string) => trigramSimilarity(comparableText(a), comparableText(b)) >= 0.5;
  fc.assert(
    fc.property(someCandidates, (ranked) => {
      const texts = chosen(ranked, ranked.length, { nearDuplicates: 0.5 });
      for (const [at, text] of texts.entries()) {
        assert.ok(!similar(text, query));
        assert.ok(texts.slice(0, at).every((other) => !similar(text, other)));
      }
      const left = ranked.filter(({ sentence }) => !texts.includes(sentence.text));
      assert.ok(left.every(({ sentence }) => [query, ...texts].some((other) => similar(sentence.text, other))));
    }),
  );
});

test('the first choice by spans is the one of highest SpanSim, and each one more covers the spans no worse', () => {
  const coverage = (candidates: readonly SelectionCandidate[]) =>
    [0, 1].reduce((sum, span) => sum + Math.max(-1, ...candidates.map(({ spanSimilarities = [] }) => spanSimilarities[span] ?? -1)), 0);
  fc.assert(
    fc.property(someCandidates, fc.integer({ min: 1, max: 5 }), (ranked, k) => {
      const options = { query, allowQuery: true, coverSpans: [1, 1] };
      const select = (count: number) => selectDemonstrations(ranked, count, options).chosen;
      const [first] = select(1);
      if (first !== undefined) assert.ok(ranked.every((next) => coverage([next]) <= coverage([first]) + 1e-12));
      assert.ok(coverage(select(k + 1)) >= coverage(select(k)));
    }),
  );
});

const told: readonly {
  readonly name: string;
  readonly ranked: readonly SelectionCandidate[];
  readonly k: number;
  readonly options: Omit<SelectionOptions, 'query'>;
  readonly reasons: Readonly<Record<string, string>>;
}[] = [
  { name: 'what is first in rank needs none', ranked: plain, k: 2, options: {}, reasons: {} },
  {
    name: 'who only moves up needs none',
    ranked: [candidate(query), ...plain],
    k: 1,
    options: {},
    reasons: { [query]: 'is the text itself' },
  },
  {
    name: 'types',
    ranked: typed,
    k: 3,
    options: { coverTypes: true },
    reasons: { e: 'shows q, r', c: 'gives way to what shows q, r' },
  },
  {
    name: 'near-duplicates',
    ranked: copies,
    k: 3,
    options: { nearDuplicates: 0.9 },
    reasons: {
      'Anna  flew to ROME.': 'is a near-duplicate of the text',
      'Berta went to the sea in may': 'is a near-duplicate of Berta went to the sea in May.',
    },
  },
  {
    name: 'diversity',
    ranked: alike,
    k: 2,
    options: { diversity: 0.5 },
    reasons: { 'its like': 'is too like another: cosine 1.00 to first', 'the other': 'is less like the others: cosine 0.00 to first' },
  },
  {
    name: 'spans',
    ranked: covering,
    k: 2,
    options: { coverSpans: [1, 1] },
    reasons: {
      'the second span': "adds 0.20 to how well the text's spans are covered",
      'the first span': "would add 0.05 to how well the text's spans are covered",
    },
  },
];
for (const { name, ranked, k, options, reasons } of told) {
  test(`reasons: ${name}`, () => {
    const found = selectDemonstrations(ranked, k, { query, ...options });
    const all = [...found.reasons, ...found.leftOut].map(([{ sentence }, reason]) => [sentence.text, reason]);
    assert.deepEqual(Object.fromEntries(all), reasons);
  });
}

test('of the first k in rank each is chosen or left out for a reason, and reasons are told only of those from behind them', () => {
  fc.assert(
    fc.property(someCandidates, someK, someOptions, (ranked, k, options) => {
      const { chosen, reasons, leftOut } = selectDemonstrations(ranked, k, { query, ...options });
      const first = ranked.slice(0, k);
      assert.deepEqual(
        first.filter((next) => !chosen.includes(next)),
        [...leftOut.keys()],
      );
      for (const taken of reasons.keys()) assert.ok(chosen.includes(taken) && !first.includes(taken));
      for (const reason of leftOut.values()) assert.doesNotMatch(reason, /undefined|shows $/);
    }),
    { numRuns: 300 },
  );
});
