import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reading, scratchDirectory, writing } from './format.fixture.ts';
import { readPubtator, writePubtator } from './pubtator.ts';

const scratch = scratchDirectory('pubtator');

const document = '1|t|🎉 Ada\n1|a|met Bob.\n1\t2\t5\tAda\tx\tD1\n1\t10\t13\tBob\ty\n';
const sample = {
  id: '1',
  text: '🎉 Ada\nmet Bob.',
  entities: [
    { start: 3, end: 6, type: 'x' },
    { start: 11, end: 14, type: 'y' },
  ],
};

describe('reading', () => {
  test('joins title and abstract, and counts code points', async () => {
    const { samples, told } = await reading(readPubtator, await scratch.write('a.pubtator', `\ufeff\n${document}`));
    assert.deepEqual(samples, [sample]);
    assert.deepEqual(told.counts, { 'concept identifiers of mentions, left out': 1 });
  });

  test('takes several documents, with Windows line ends, relations and without an abstract', async () => {
    const content = `${document}1\tCID\tD1\tD2\n\n\n2|t|Eve\n2\t0\t3\tEve\tx\t-\n3|a|no`.replaceAll('\n', '\r\n');
    const { samples, told } = await reading(readPubtator, await scratch.write('a.pubtator', content), { skipBad: true });
    assert.deepEqual(samples, [sample]);
    assert.equal(told.badRows.length, 1);
    const { samples: titles, told: toldOf } = await reading(readPubtator, await scratch.write('b.pubtator', content.replace('3|a|no', '')));
    assert.deepEqual(titles[1], { id: '2', text: 'Eve', entities: [{ start: 0, end: 3, type: 'x' }] });
    assert.deepEqual(toldOf.counts, { 'concept identifiers of mentions, left out': 1, 'relations, left out': 1 });
  });

  test('needs no blank line between documents', async () => {
    const { samples } = await reading(readPubtator, await scratch.write('a.pubtator', `${document}2|t|Eve\n3|t|Bob\n3|a|\n`));
    assert.deepEqual(samples, [sample, { id: '2', text: 'Eve', entities: [] }, { id: '3', text: 'Bob', entities: [] }]);
  });

  test('takes a time that grows with text and mentions, not with their product', { timeout: 20_000 }, async () => {
    const [count, part] = [20_000, '🎉 Ada slept. '];
    const length = [...part].length;
    const lines = Array.from({ length: count }, (_, index) => `1\t${index * length + 2}\t${index * length + 5}\tAda\tx\n`);
    const content = `1|t|${part.repeat(count)}\n1|a|\n${lines.join('')}`;
    const { samples } = await reading(readPubtator, await scratch.write('long.pubtator', content));
    assert.equal(samples[0]?.entities.length, count);
  });

  const bad: Record<string, readonly [lines: string, line: number, problem: RegExp]> = {
    'of another text': ['2|t|Eve\n2\t0\t3\tBob\tx', 7, /Its span holds "Eve" and not "Bob"/],
    'outside the text': ['2|t|Eve\n2\t0\t4\tEve\tx', 7, /Offset 4 is outside the text/],
    'without a type': ['2|t|Eve\n2\t0\t3\tEve', 7, /It has no type/],
    'of another document': ['2|t|Eve\n3\t0\t3\tEve\tx', 7, /It belongs to the document "3" and not to "2"/],
    'that is an abstract of another document': ['2|t|Eve\n3|a|Eve', 7, /It belongs to the document "3" and not to "2"/],
    'that is a relation of another document': ['2|t|Eve\n3\tCID\tD1\tD2', 7, /It belongs to the document "3" and not to "2"/],
    'that is none': ['2|t|Eve\nEve', 7, /It is neither a mention nor a relation/],
    'without a title before it': ['2\t0\t3\tEve\tx', 6, /It is no title/],
  };
  for (const [name, [lines, line, problem]] of Object.entries(bad)) {
    test(`names a mention ${name} by file and line, or skips its document`, async () => {
      const path = await scratch.write('a.pubtator', `${document}\n${lines}\n\n${document}`);
      await assert.rejects(reading(readPubtator, path), (error: Error) => {
        assert.match(error.message, new RegExp(`a\\.pubtator:${line} cannot be read\\. `));
        assert.match(error.message, problem);
        return true;
      });
      const { samples, told } = await reading(readPubtator, path, { skipBad: true });
      assert.deepEqual([samples.length, told.badRows.length], [2, 1]);
    });
  }

  test('tells an empty file', async () => {
    await assert.rejects(reading(readPubtator, await scratch.write('a.pubtator', '\n')), /a\.pubtator is empty; expected PubTator/);
  });
});

describe('writing', () => {
  const cases: Record<string, readonly [text: string, content: string, isKept: boolean]> = {
    'a title and an abstract': ['a\nb', '1|t|a\n1|a|b\n\n', true],
    'a title alone': ['a', '1|t|a\n1|a|\n\n', true],
    'an abstract alone': ['\nb', '1|t|\n1|a|b\n\n', true],
    'line breaks after the first as spaces': ['a\nb\r\nc', '1|t|a\n1|a|b  c\n\n', false],
    'a line break at the end as a space': ['a\n', '1|t|a \n1|a|\n\n', false],
  };
  for (const [name, [text, content, isKept]] of Object.entries(cases)) {
    test(name, async () => {
      const { content: written, told } = await writing(writePubtator, [{ id: '1', text, entities: [] }]);
      assert.equal(written, content);
      assert.deepEqual(told.counts, isKept ? {} : { 'texts whose white space is not kept': 1 });
    });
  }

  test('mentions on one line each', async () => {
    const { content, told } = await writing(writePubtator, [{ ...sample, id: 'a|b c', entities: [{ start: 3, end: 10, type: 'x y' }] }]);
    assert.equal(content, 'a_b_c|t|🎉 Ada\na_b_c|a|met Bob.\na_b_c\t2\t9\tAda met\tx y\t-\n\n');
    assert.deepEqual(told.counts, { 'ids with characters that the format forbids or given twice, changed': 1 });
  });

  test('documents by ids of their own', async () => {
    const ids = ['a|b', 'a b', 'a_b', 'A_b', '7', '7'];
    const samples = [
      ...ids.map((id) => ({ id, text: 'x', entities: [] })),
      { id: 'a b.txt:1', isUnnamed: true as const, text: 'x', entities: [] },
    ];
    const { content, told } = await writing(writePubtator, samples);
    assert.deepEqual(
      Array.from(content.matchAll(/^(.*)\|t\|/gm), ([, id]) => id),
      ['a_b', 'a_b-2', 'a_b-3', 'A_b', '7', '7-2', 'a_b.txt:1'],
    );
    assert.deepEqual(told.counts, { 'ids with characters that the format forbids or given twice, changed': 4 });
  });
});
