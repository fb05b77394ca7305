import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { EntityType } from '../src/document/entity-type.ts';
import type { LabelledSentence } from '../src/document/labelled.ts';

interface Row extends LabelledSentence {
  readonly split: string;
}

const read = (name: string): string => readFileSync(new URL(`../examples/corpus/${name}`, import.meta.url), 'utf8');

// The shapes are assumed here; wrong ones fail in the assertions on spans, types and splits below.
const domains = ['news', 'support', 'clinical', 'contracts', 'social', 'travel'];
const inventories = Object.fromEntries(
  domains.map((domain) => [domain, JSON.parse(read(`${domain}/types.json`)) as readonly EntityType[]]),
);
const rowsOf = Object.fromEntries(domains.map((domain) => [domain, readRows(domain)]));
const rows = domains.flatMap((domain) => rowsOf[domain] ?? []);
const typeNames = new Set(Object.values(inventories).flatMap((types) => types.map(({ name }) => name)));

for (const domain of domains) {
  const domainRows = rowsOf[domain] ?? [];
  const types = (inventories[domain] ?? []).map(({ name }) => name);

  describe(domain, () => {
    test('ids are the domain and the number of the line', () => {
      assert.deepEqual(
        domainRows.map(({ id }) => id),
        domainRows.map((_, index) => `${domain}-${String(index + 1).padStart(3, '0')}`),
      );
    });

    test('texts are trimmed and in normal form C', () => {
      for (const { text } of domainRows) assert.equal(text, text.normalize('NFC').trim());
    });

    test('entities are of the inventory, in bounds, in order and apart', () => {
      for (const { id, text, entities } of domainRows) {
        let free = 0;
        for (const { start, end, type } of entities) {
          assert.ok(types.includes(type), `${id}: ${type}`);
          assert.ok(Number.isInteger(start) && Number.isInteger(end), id);
          assert.ok(free <= start && start < end && end <= text.length, `${id}: ${start}–${end}`);
          free = end;
        }
      }
    });

    test('entities begin and end between graphemes and between words', () => {
      for (const { id, text, entities } of domainRows) {
        const breaks = graphemeBreaks(text);
        for (const { start, end } of entities) {
          assert.ok(breaks.has(start) && breaks.has(end), `${id}: ${text.slice(start, end)}`);
          assert.ok(standsAlone(text, start, end), `${id}: ${text.slice(start, end)}`);
        }
      }
    });

    test('entities have no determiner, possessive ending, quotation mark or space at their edges', () => {
      const edge = /^(?:the|an?|Dr\.?|Mrs?|Ms) |^[\s“"(]|['’]s$|[\s”")]$/u;
      for (const { id, text, entities } of domainRows) {
        for (const { start, end } of entities) assert.doesNotMatch(text.slice(start, end), edge, id);
      }
    });

    test('a string that is marked once is marked wherever it stands alone', () => {
      // A number may be a year in one clause and an article in another.
      const names = new Set(domainRows.flatMap(mentionStrings).filter((name) => !/^\d+$/.test(name)));
      for (const row of domainRows) {
        for (const name of names) assert.deepEqual(unmarked(row, name), [], `${row.id}: ${name}`);
      }
    });

    test('every third row is in the pool, and both splits have every type', () => {
      assert.deepEqual(
        domainRows.map(({ split }) => split),
        domainRows.map((_, index) => (index % 3 === 0 ? 'pool' : 'test')),
      );
      for (const split of ['pool', 'test']) {
        const covered = new Set(
          domainRows.filter((row) => row.split === split).flatMap(({ entities }) => entities.map(({ type }) => type)),
        );
        assert.deepEqual([...covered].sort(), [...types].sort(), split);
      }
    });
  });
}

describe('the corpus', () => {
  test('has at least 200 texts, 4 domains and 10 types, and a tenth of the texts has no entity', () => {
    assert.ok(rows.length >= 200, `${rows.length} texts`);
    assert.ok(domains.length >= 4, `${domains.length} domains`);
    assert.ok(typeNames.size >= 10, `${typeNames.size} types`);
    assert.ok(rows.filter(({ entities }) => entities.length === 0).length >= rows.length / 10);
  });

  test('has no text twice, whatever its case and spacing', () => {
    const texts = rows.map(({ text }) => text.toLowerCase().replace(/\s+/gu, ' '));
    assert.equal(new Set(texts).size, texts.length);
  });

  test('is counted and defined in its README', () => {
    const readme = read('README.md').split('\n');
    for (const line of [...countLines(), ...definitionLines()]) assert.ok(readme.includes(line), `expected the line: ${line}`);
    assert.ok(
      readme.some((line) => line.startsWith(`${rows.length} short texts in`)),
      `expected ${rows.length} texts in the first sentence`,
    );
  });
});

/** The domain's rows in the order of their ids, which run through both splits. */
function readRows(domain: string): readonly Row[] {
  const rows = ['pool', 'test'].flatMap((split) =>
    read(`${domain}/${split}.jsonl`)
      .trimEnd()
      .split('\n')
      .map((line): Row => ({ ...(JSON.parse(line) as LabelledSentence), split })),
  );
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function mentionStrings({ text, entities }: Row): readonly string[] {
  return entities.map(({ start, end }) => text.slice(start, end));
}

/** Offsets at which `name` occurs as a word of its own and outside every entity. */
function unmarked({ text, entities }: Row, name: string): readonly number[] {
  const found: number[] = [];
  for (let start = text.indexOf(name); start !== -1; start = text.indexOf(name, start + 1)) {
    const end = start + name.length;
    const marked = entities.some((entity) => entity.start <= start && end <= entity.end);
    if (!marked && standsAlone(text, start, end)) found.push(start);
  }
  return found;
}

/** Whether no letter, mark or digit continues the span on either side. */
function standsAlone(text: string, start: number, end: number): boolean {
  const joined = /^[\p{L}\p{M}\p{N}_]{2}$/u;
  return [start, end].every((offset) => !joined.test(text.slice(Math.max(0, offset - 1), offset + 1)));
}

function graphemeBreaks(text: string): ReadonlySet<number> {
  return new Set([...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ index }) => index).concat(text.length));
}

function countLines(): readonly string[] {
  const line = (head: string, counts: readonly (number | undefined)[]): string => {
    const all = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    return `| ${[head, ...counts.map((count) => count ?? '–'), all].join(' | ')} |`;
  };
  const countRows = (holds: (row: Row) => boolean) => domains.map((domain) => rowsOf[domain]?.filter(holds).length);
  const countType = (type: string) =>
    domains.map((domain) => {
      const known = inventories[domain]?.some(({ name }) => name === type);
      return known ? rowsOf[domain]?.flatMap(({ entities }) => entities).filter((entity) => entity.type === type).length : undefined;
    });
  return [
    line(
      'texts',
      countRows(() => true),
    ),
    line(
      'in the pool',
      countRows(({ split }) => split === 'pool'),
    ),
    line(
      'in the test',
      countRows(({ split }) => split === 'test'),
    ),
    line(
      'without an entity',
      countRows(({ entities }) => entities.length === 0),
    ),
    ...[...typeNames].map((type) => line(`*${type}*`, countType(type))),
  ];
}

function definitionLines(): readonly string[] {
  return Object.values(inventories)
    .flat()
    .map(({ name, definition }) => `| *${name}* | ${definition} |`);
}
