import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ground, groundingIndex } from './grounding.ts';
import { bySpan, sameSpan } from './span.ts';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly replies: readonly string[];
  /** `string@start alignment` of every span. */
  readonly spans?: readonly string[];
  readonly hallucinated?: readonly string[];
}

const occurrences: readonly Case[] = [
  {
    name: 'every mention that is repeated',
    text: 'Rome, Oslo, Rome',
    replies: ['Rome', 'Oslo'],
    spans: ['Rome@0 exact', 'Oslo@6 exact', 'Rome@12 exact'],
  },
  {
    name: 'the same whatever the order of the reply',
    text: 'Rome, Oslo, Rome',
    replies: ['Oslo', 'Rome'],
    spans: ['Rome@0 exact', 'Oslo@6 exact', 'Rome@12 exact'],
  },
  { name: 'Rome, and not in Romeo', text: 'Romeo left Rome.', replies: ['Rome'], spans: ['Rome@11 exact'] },
  { name: 'nothing where Rome is only in Romeo', text: 'Romeo left. ROMEO!', replies: ['Rome'], hallucinated: ['Rome'] },
  { name: 'nothing where a long word is only in another', text: 'Austrian wine', replies: ['Austria'], hallucinated: ['Austria'] },
  {
    name: 'nested mentions, the container first',
    text: 'Bank of China',
    replies: ['China', 'Bank of China'],
    spans: ['Bank of China@0 exact', 'China@8 exact'],
  },
  {
    name: 'crossing mentions',
    text: 'New York Times Square',
    replies: ['Times Square', 'New York Times'],
    spans: ['New York Times@0 exact', 'Times Square@9 exact'],
  },
  { name: 'occurrences of one string that overlap', text: 'la la la', replies: ['la la'], spans: ['la la@0 exact', 'la la@3 exact'] },
  { name: 'each span once', text: 'Rome', replies: ['Rome', 'Rome', ' Rome', 'ROME'], spans: ['Rome@0 exact'] },
];

const boundaries: readonly Case[] = [
  { name: 'a name before a possessive', text: 'Merkel’s visit', replies: ['Merkel'], spans: ['Merkel@0 exact'] },
  { name: 'a name before a hyphen', text: 'a Paris-based firm', replies: ['Paris'], spans: ['Paris@2 exact'] },
  {
    name: 'a handle with its sign and without',
    text: 'by @handle',
    replies: ['@handle', 'handle'],
    spans: ['@handle@3 exact', 'handle@4 exact'],
  },
  { name: 'a handle, and not in a longer one', text: 'by @handle_2', replies: ['@handle'], hallucinated: ['@handle'] },
  { name: 'a hash tag', text: 'so #tag!', replies: ['#tag'], spans: ['#tag@3 exact'] },
  { name: 'an amount, and not in a greater one', text: '$50 or $5', replies: ['$5'], spans: ['$5@7 exact'] },
  { name: 'a name that ends in symbols', text: 'C++, C and C++17', replies: ['C++'], spans: ['C++@0 exact', 'C++@11 exact'] },
  { name: 'no C for C++', text: 'written in C', replies: ['C++'], hallucinated: ['C++'] },
  { name: 'dotted letters', text: 'The U.S. Army', replies: ['U.S.'], spans: ['U.S.@4 exact'] },
  { name: 'a name with an apostrophe', text: "Mr O'Brien's", replies: ["O'Brien"], spans: ["O'Brien@3 exact"] },
  {
    name: 'Chinese',
    text: '我在北京大学，不在南京。',
    replies: ['北京', '北京大学', '南京'],
    spans: ['北京大学@2 exact', '北京@2 exact', '南京@9 exact'],
  },
  { name: 'Japanese', text: '私は東京タワーへ行った', replies: ['東京タワー', '東京'], spans: ['東京タワー@2 exact', '東京@2 exact'] },
  { name: 'Latin in Japanese', text: '彼はGoogleで働く', replies: ['Google'], spans: ['Google@2 exact'] },
  { name: 'Thai', text: 'ฉันอยู่กรุงเทพมหานคร', replies: ['กรุงเทพ'], spans: ['กรุงเทพ@7 exact'] },
  { name: 'Korean before a particle, and not after a syllable', text: '서울에서 남서울로', replies: ['서울'], spans: ['서울@0 exact'] },
  { name: 'a mention after an emoji', text: '😀 Rome ❤️Oslo', replies: ['Rome', 'Oslo'], spans: ['Rome@3 exact', 'Oslo@10 exact'] },
  { name: 'no part of an emoji', text: '👩‍👧', replies: ['👩', '\ud83d'], hallucinated: ['👩', '\ud83d'] },
  { name: 'no letter without its mark', text: 'cafe\u0301', replies: ['cafe'], hallucinated: ['cafe'] },
];

const normalizations: readonly Case[] = [
  {
    name: 'a capital that grows when lowered',
    text: 'İstanbul and Ankara',
    replies: ['istanbul', 'ankara'],
    spans: ['İstanbul@0 normalized', 'Ankara@13 normalized'],
  },
  { name: 'what follows such a capital at its offset', text: 'İİİ in Ankara', replies: ['Ankara'], spans: ['Ankara@7 exact'] },
  { name: 'a decomposed reply in a composed text', text: 'the Café', replies: ['Cafe\u0301'], spans: ['Café@4 normalized'] },
  { name: 'a composed reply in a decomposed text', text: 'the Cafe\u0301 is', replies: ['Café'], spans: ['Cafe\u0301@4 normalized'] },
  { name: 'a straight quote for a curly one', text: 'Mr O’Brien', replies: ["O'Brien"], spans: ['O’Brien@3 normalized'] },
  { name: 'a curly quote for a straight one', text: "Mr O'Brien", replies: ['O’Brien'], spans: ["O'Brien@3 normalized"] },
  { name: 'a mention across a line break', text: 'in New\r\n  York', replies: ['New York'], spans: ['New\r\n  York@3 normalized'] },
  { name: 'a Chinese mention across a line break', text: '在北\n京。', replies: ['北京'], spans: ['北\n京@1 normalized'] },
  {
    name: 'a text that was split into tokens',
    text: "Merkel 's ( CDU )",
    replies: ["Merkel's (CDU)"],
    spans: ["Merkel 's ( CDU )@0 normalized"],
  },
  { name: 'a mention with a soft hyphen', text: 'in Ber\u00adlin', replies: ['Berlin'], spans: ['Ber\u00adlin@3 normalized'] },
  { name: 'no normalised mention where there is an exact one', text: 'rome ROME Rome', replies: ['Rome'], spans: ['Rome@10 exact'] },
  { name: 'no part of a letter that expands', text: '½ litre', replies: ['1'], hallucinated: ['1'] },
];

const decorations: readonly Case[] = [
  { name: 'a reply with white space around it', text: 'in Berlin', replies: ['\n Berlin '], spans: ['Berlin@3 exact'] },
  { name: 'a reply in quotes with a full stop', text: 'in Berlin', replies: ['"Berlin".'], spans: ['Berlin@3 normalized'] },
  { name: 'a reply with a comma', text: 'in Berlin now', replies: ['Berlin,'], spans: ['Berlin@3 normalized'] },
  { name: 'a reply in curly quotes and in capitals', text: 'in Berlin now', replies: ['“BERLIN”'], spans: ['Berlin@3 normalized'] },
  { name: 'punctuation that is in the text', text: 'Yahoo! is', replies: ['Yahoo!'], spans: ['Yahoo!@0 exact'] },
  { name: 'nothing for blank strings', text: 'in Berlin', replies: ['', ' \n'] },
  { name: 'nothing for quotes alone', text: 'in Berlin', replies: ['""'], hallucinated: ['""'] },
];

const misspellings: readonly Case[] = [
  { name: 'a mention that the text misspells', text: 'With Barak Obama there', replies: ['Barack Obama'], spans: ['Barak Obama@5 fuzzy'] },
  { name: 'a mention whose marks the reply dropped', text: 'für Erdoğan', replies: ['Erdogan.'], spans: ['Erdoğan@4 fuzzy'] },
  {
    name: 'no misspelt mention where there is a right one',
    text: 'Barak Obama, Barack Obama',
    replies: ['Barack Obama'],
    spans: ['Barack Obama@13 exact'],
  },
  { name: 'not another king', text: 'Henry VIII', replies: ['Henry VII'], hallucinated: ['Henry VII'] },
];

const strange: readonly Case[] = [
  {
    name: 'a string that is not in the text',
    text: 'in Berlin',
    replies: ['Paris', 'Berlin', 'Oslo', 'Paris '],
    spans: ['Berlin@3 exact'],
    hallucinated: ['Paris', 'Oslo'],
  },
  { name: 'nothing in an empty text', text: '', replies: ['Rome'], hallucinated: ['Rome'] },
  { name: 'a lone surrogate', text: 'a \ud83d b', replies: ['\ud83d', '\ude00'], spans: ['\ud83d@2 exact'], hallucinated: ['\ude00'] },
  { name: 'a NUL', text: 'Ro\0me Rome', replies: ['Ro\0me', '\0'], spans: ['Ro\0me@0 exact', '\0@2 exact'] },
  { name: 'a mention between marks of direction', text: '\u200fRome\u200f', replies: ['Rome'], spans: ['Rome@1 exact'] },
  { name: 'a mention with a joiner inside', text: 'in Ro\u200dme', replies: ['Rome'], spans: ['Ro\u200dme@3 normalized'] },
  {
    name: 'a pattern of a regular expression as a string',
    text: 'a.b (c)',
    replies: ['.', 'a.b', '(c)', '[a-z]'],
    spans: ['a.b@0 exact', '.@1 exact', '(c)@4 exact'],
    hallucinated: ['[a-z]'],
  },
];

const cases = [...occurrences, ...boundaries, ...normalizations, ...decorations, ...misspellings, ...strange];
for (const { name, text, replies, spans = [], hallucinated = [] } of cases) {
  test(`finds ${name}`, () => {
    const grounding = ground(text, replies);
    assert.deepEqual(
      grounding.spans.map(({ start, end, alignment }) => `${text.slice(start, end)}@${start} ${alignment}`),
      spans,
    );
    assert.deepEqual(grounding.hallucinated, hallucinated);
  });
}

test('keeps the better alignment of strings that meet on one span, then the first', () => {
  const kept = (replies: readonly string[]) => ground('New\nYork', replies).spans.map(({ reply, alignment }) => `${reply} ${alignment}`);
  assert.deepEqual(kept(['New York', 'New\nYork']), ['New\nYork exact']);
  assert.deepEqual(kept([' New York', 'NEW YORK']), [' New York normalized']);
});

test('grounds several replies about one text independently', () => {
  const index = groundingIndex('Rome and Oslo');
  assert.deepEqual(index.ground(['Paris']).hallucinated, ['Paris']);
  assert.deepEqual(index.ground(['rome']), ground('Rome and Oslo', ['rome']));
});

const codeUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
const troublesome = fc.constantFrom(
  ...['a', 'b', 'A', ' ', '\n', '.', '-', '_', '’', '7', 'İ', 'ß', 'e', '\u0301', '😀', '👩‍👧', '\u200d', '\u200f'],
  ...['中', 'タ', 'ー', 'ก', 'ี', '한', '\ud83d', '\0'],
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: codeUnit }),
  fc.string({ unit: troublesome, maxLength: 40 }),
  fc.array(fc.constantFrom('Rome', 'Romeo', 'rome', 'barack', 'barak', 'New', 'York', ',')).map((words) => words.join(' ')),
);
const textAndReplies = anyText.chain((text) =>
  fc.record({
    text: fc.constant(text),
    replies: fc.array(
      fc.oneof(
        anyText,
        fc.tuple(fc.nat(text.length), fc.nat(text.length)).map(([from, to]) => text.slice(from, to)),
      ),
    ),
  }),
);

function clustersOf(text: string): readonly Intl.SegmentData[] {
  return [...new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)];
}

/** The positions of a text that are between two clusters with something else than a word, a mark or a format character on one side. */
function plainBoundaries(text: string): readonly number[] {
  const clusters = clustersOf(text);
  const isPlain = (cluster: string | undefined) => cluster === undefined || /^[^\p{L}\p{N}\p{M}\p{Cf}_]$/u.test(cluster);
  return [...clusters, { segment: '', index: text.length }]
    .filter(({ segment }, index) => isPlain(segment || undefined) || isPlain(clusters[index - 1]?.segment))
    .map(({ index }) => index);
}

test('gives spans in bounds, in order, each once, that cut no cluster; exact ones are the string', () => {
  fc.assert(
    fc.property(textAndReplies, ({ text, replies }) => {
      const { spans } = ground(text, replies);
      const clusters = new Set(clustersOf(text).map(({ index }) => index)).add(text.length);
      for (const [index, span] of spans.entries()) {
        assert.ok(span.start >= 0 && span.start < span.end && span.end <= text.length);
        assert.ok(clusters.has(span.start) && clusters.has(span.end));
        assert.ok(replies.includes(span.reply));
        if (span.alignment === 'exact') assert.equal(text.slice(span.start, span.end), span.reply.trim());
        const next = spans[index + 1];
        if (next !== undefined) assert.ok(bySpan(span, next) < 0 && !sameSpan(span, next));
      }
    }),
  );
});

test('accounts for every string: it is found or hallucinated, never both', () => {
  fc.assert(
    fc.property(anyText, anyText, (text, reply) => {
      const { spans, hallucinated } = ground(text, [reply]);
      assert.deepEqual(hallucinated, spans.length > 0 || reply.trim() === '' ? [] : [reply]);
    }),
  );
});

test('finds every occurrence of a substring between plain boundaries, and no such string is hallucinated', () => {
  fc.assert(
    fc.property(anyText, fc.nat(), fc.nat(), (text, from, to) => {
      const boundaries = plainBoundaries(text);
      const [a = 0, b = 0] = [boundaries[from % boundaries.length], boundaries[to % boundaries.length]];
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      const string = text.slice(start, end);
      fc.pre(string !== '' && string === string.trim());
      const { spans, hallucinated } = ground(text, [string]);
      assert.deepEqual(hallucinated, []);
      for (const at of boundaries) {
        if (!text.startsWith(string, at) || !boundaries.includes(at + string.length)) continue;
        assert.ok(spans.some((span) => sameSpan(span, { start: at, end: at + string.length }) && span.alignment === 'exact'));
      }
    }),
  );
});

test('finds the same mentions in the same text whatever the order of the reply', () => {
  fc.assert(
    fc.property(textAndReplies, ({ text, replies }) => {
      const places = (strings: readonly string[]) =>
        ground(text, strings).spans.map(({ start, end, alignment }) => ({ start, end, alignment }));
      assert.deepEqual(places(replies.toReversed()), places(replies));
    }),
  );
});
