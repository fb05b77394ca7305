import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { readBrat, writeBrat } from './brat.ts';
import { arriving, keepingReport, reading, scratchDirectory } from './format.fixture.ts';
import { defaultWriteSettings, type ReadSettings } from './format.ts';
import type { Sample } from './sample.ts';

const scratch = scratchDirectory('brat');

const text = '🎉 Ada\nmet Bob and Eve.\n';

async function read(annotations: string, settings: Partial<ReadSettings> & { readonly skipBad?: boolean } = {}) {
  const path = await scratch.write('a.txt', text);
  await scratch.write('a.ann', annotations);
  const { samples, told } = await reading(readBrat, path, settings);
  const mentions = samples.flatMap(({ text, entities }) =>
    entities.map(({ start, end, type }) => `${type}@${start}-${end} ${text.slice(start, end)}`),
  );
  return { mentions, told };
}

async function files(samples: readonly Sample[]) {
  const { report, told } = keepingReport({ skipBad: false });
  const written = await Array.fromAsync(writeBrat(arriving(samples), { ...defaultWriteSettings, report }));
  return { written, told };
}

describe('annotations', () => {
  const discontinuous = 'T1\tx 10 13;18 21\tBob Eve\n';
  const cases: Record<
    string,
    readonly [annotations: string, mentions: readonly string[], counts: Record<string, number>, settings?: Partial<ReadSettings>]
  > = {
    'in code points, with Windows line ends': ['T1\tx 2 5\tAda\r\nT2\ty 10 13\tBob\r\n', ['x@3-6 Ada', 'y@11-14 Bob'], {}],
    'across a line end, in one piece or two': ['T1\tx 2 9\tAda met\nT2\ty 2 5;6 9\tAda met\n', ['x@3-10 Ada\nmet', 'y@3-10 Ada\nmet'], {}],
    'in pieces, left out': [discontinuous, [], { 'discontinuous mentions, left out': 1 }],
    'in pieces, made whole': [
      discontinuous,
      ['x@11-22 Bob and Eve'],
      { 'discontinuous mentions, made whole': 1 },
      { discontinuous: 'flatten' },
    ],
    'of other kinds, left out': [
      'T1\tx 2 5\tAda\nR1\tr Arg1:T1 Arg2:T1\nA1\tNegated T1\n#1\tAnnotatorNotes T1\tyes\n*\tEquiv T1 T1\n',
      ['x@3-6 Ada'],
      { 'annotations that are no mentions (relations, events, attributes, notes), left out': 4 },
    ],
    'of which there are none': ['', [], {}],
  };
  for (const [name, [annotations, mentions, counts, settings]] of Object.entries(cases)) {
    test(name, async () => {
      const found = await read(annotations, settings);
      assert.deepEqual(found.mentions, mentions);
      assert.deepEqual(found.told.counts, counts);
    });
  }
});

test('a long text with many mentions is read in a time that grows with both, not with their product', { timeout: 20_000 }, async () => {
  const [count, part] = [20_000, '🎉 Ada slept. '];
  const path = await scratch.write('long.txt', part.repeat(count));
  const length = [...part].length;
  const lines = Array.from({ length: count }, (_, index) => `T${index}\tx ${index * length + 2} ${index * length + 5}\tAda\n`);
  await scratch.write('long.ann', lines.join(''));
  const { samples } = await reading(readBrat, path);
  assert.equal(samples[0]?.entities.length, count);
});

test('offsets count a byte order mark', async () => {
  const path = await scratch.write('marked.txt', '\ufeffAda');
  await scratch.write('marked.ann', '\ufeffT1\tx 1 4\tAda\n');
  const { samples } = await reading(readBrat, path);
  assert.deepEqual(samples, [{ id: 'marked', text: '\ufeffAda', entities: [{ start: 1, end: 4, type: 'x' }] }]);
});

describe('a bad annotation', () => {
  const cases: Record<string, readonly [line: string, problem: RegExp]> = {
    'with another text, as of other units': ['T2\tx 3 6\tAda', /Its span holds "da\n" and not "Ada"/],
    'outside the text': ['T2\tx 3 600\tAda', /Offset 600 is outside the text/],
    'that is empty': ['T2\tx 3 3\t', /A mention from 4 to 4 is empty/],
    'without offsets': ['T2\tx\tAda', /It is no mention/],
  };
  for (const [name, [line, problem]] of Object.entries(cases)) {
    test(`${name} is named by file and line, or skipped`, async () => {
      const annotations = `T1\ty 10 13\tBob\n${line}\n`;
      await assert.rejects(read(annotations), (error: Error) => {
        assert.match(error.message, /a\.ann:2 cannot be read\. /);
        assert.match(error.message, problem);
        return true;
      });
      const { mentions, told } = await read(annotations, { skipBad: true });
      assert.deepEqual(mentions, ['y@11-14 Bob']);
      assert.equal(told.badRows.length, 1);
    });
  }
});

describe('a directory', () => {
  test('is read with the directories in it, in the order of paths', async () => {
    await mkdir(scratch.path('corpus/b'), { recursive: true });
    for (const name of ['corpus/c', 'corpus/b/a']) {
      await scratch.write(`${name}.txt`, 'Ada');
      await scratch.write(`${name}.ann`, 'T1\tx 0 3\tAda\n');
    }
    const { samples } = await reading(readBrat, scratch.path('corpus'));
    assert.deepEqual(
      samples.map(({ id }) => id),
      ['b/a', 'c'],
    );
  });

  test('is told where a text has no annotations', async () => {
    await mkdir(scratch.path('half'));
    await scratch.write('half/a.txt', 'Ada');
    await assert.rejects(
      reading(readBrat, scratch.path('half')),
      /Expected brat annotations .*--skip-bad.*half.a\.ann, but it does not exist/,
    );
    const { samples, told } = await reading(readBrat, scratch.path('half'), { skipBad: true });
    assert.deepEqual([samples.length, told.badRows.length], [0, 1]);
  });
});

describe('writing', () => {
  test('cuts mentions at line ends and has no white space in types', async () => {
    const { written, told } = await files([{ id: 'a', text, entities: [{ start: 3, end: 10, type: 'a type' }] }]);
    assert.deepEqual(written, [
      { name: 'a.txt', content: text },
      { name: 'a.ann', content: 'T1\ta_type 2 5;6 9\tAda met\n' },
    ]);
    assert.deepEqual(told.counts, { 'mentions whose type is written with _ in place of white space': 1 });
  });

  test('calls files by ids, each by a name of its own that any system takes', async () => {
    const ids = ['b/a', 'b_a', 'B:A', '..', '', '中'.repeat(200)];
    const { written, told } = await files(ids.map((id) => ({ id, text: 'x', entities: [] })));
    const stems = written.filter(({ name }) => name.endsWith('.txt')).map(({ name }) => name.slice(0, -4));
    assert.deepEqual(stems.slice(0, 5), ['b_a', 'b_a-2', 'B_A-3', '_', '_-2']);
    assert.match(stems[5] ?? '', /^中{66}$/);
    assert.deepEqual(told.counts, { 'ids with characters that the format forbids or given twice, changed': 6 });
  });
});
