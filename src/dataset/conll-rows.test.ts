import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NerError } from '../error.ts';
import { type ConllRowOptions, conllSentences } from './conll-rows.ts';
import { scratchDirectory } from './format.fixture.ts';

const scratch = scratchDirectory('conll-rows');

async function sentences(content: string | Uint8Array, options: ConllRowOptions = {}) {
  const path = await scratch.write('a.conll', content);
  return Array.fromAsync(conllSentences(path, options));
}

describe('rows', () => {
  const cases: Record<string, readonly [content: string, expected: readonly (readonly [line: number, ...rows: readonly string[]])[]]> = {
    'with tabs, the last one without a line end': ['Ada\tB-x\nslept\tO', [[1, 'Ada|B-x', 'slept|O']]],
    'with runs of spaces': ['Ada  NNP B-x\n  slept VBD O\n', [[1, 'Ada|NNP|B-x', 'slept|VBD|O']]],
    'with tabs, where tokens have spaces or are empty': ['4 000\tB-x\n\tO\n', [[1, '4 000|B-x', '|O']]],
    'after a byte order mark, with Windows line ends': [
      '\ufeffAda\tO\r\n\r\nBob\tO\r\n',
      [
        [1, 'Ada|O'],
        [3, 'Bob|O'],
      ],
    ],
    'parted by blank lines, some of spaces': [
      '\n\na O\n \t\nb O\n\n\n',
      [
        [3, 'a|O'],
        [5, 'b|O'],
      ],
    ],
    'parted by -DOCSTART- lines': [
      '-DOCSTART- -X- -X- O\na O\n-DOCSTART-\nb O\n',
      [
        [2, 'a|O'],
        [4, 'b|O'],
      ],
    ],
    'with a no-break space and a line separator as tokens': ['\u00a0 O\n\u2028 O\n', [[1, '\u00a0|O', '\u2028|O']]],
    'with white space at their ends': ['a O \t \n', [[1, 'a|O']]],
    'after metadata of one column': ['# newdoc\n#\na O\n', [[3, 'a|O']]],
    'after metadata with spaces, where columns have tabs': ['# text = a b\na\tO\n', [[2, 'a|O']]],
    'after metadata with a tab, where columns have spaces': ['# id 7\tdomain=en\na _ _ O\n', [[2, 'a|_|_|O']]],
    'of a # before other tokens': ['# NN _\nyes UH _\n', [[1, '#|NN|_', 'yes|UH|_']]],
    'of a # with a tag, in a file where rows differ': ['# O\nyes UH O\n', [[1, '#|O', 'yes|UH|O']]],
    'of a # after other tokens': ['a O\n# x y O\n', [[1, 'a|O', '#|x|y|O']]],
    'of a # with a tag alone': ['# B-x\n\n', [[1, '#|B-x']]],
    'without metadata that stand alone': ['# text = a b\n\na O\n', [[3, 'a|O']]],
  };
  for (const [name, [content, expected]] of Object.entries(cases)) {
    test(name, async () => {
      const found = (await sentences(content)).map(({ line, rows }) => [line, ...rows.map((row) => row.join('|'))]);
      assert.deepEqual(found, expected);
    });
  }

  test('of all lines, as conlleval counts them', async () => {
    const found = await sentences('# a\tb O\n-DOCSTART- O\n', { lines: 'all', separator: 'whitespace' });
    assert.deepEqual(found, [
      {
        line: 1,
        rows: [
          ['#', 'a', 'b', 'O'],
          ['-DOCSTART-', 'O'],
        ],
      },
    ]);
  });

  test('of many blocks, whose borders cut lines and characters', async () => {
    const token = 'öäü🎉'.repeat(50);
    const found = await sentences(`${`${token}\tO\n`.repeat(3)}\n`.repeat(400));
    assert.equal(found.length, 400);
    for (const [index, { line, rows }] of found.entries()) {
      assert.equal(line, 4 * index + 1);
      assert.deepEqual(rows, [
        [token, 'O'],
        [token, 'O'],
        [token, 'O'],
      ]);
    }
  });
});

describe('a bad row', () => {
  const cases: Record<string, readonly [row: string | Uint8Array, options: ConllRowOptions, problem: RegExp]> = {
    'of one column': ['Ada', {}, /a\.conll:4 has 1 of at least 2 columns\. Expected a token and its tag/],
    'of fewer columns than needed': ['Ada NNP O', { columns: 4 }, /a\.conll:4 has 3 of at least 4 columns/],
    'that is not UTF-8': [Uint8Array.from([0xff, 0x09, 0x4f]), {}, /a\.conll:4 is not UTF-8/],
  };
  for (const [name, [row, options, problem]] of Object.entries(cases)) {
    const content = Buffer.concat([Buffer.from('a b c O\n\nx y z O\n'), Buffer.from(row), Buffer.from('\n\nb b c O\n')]);
    test(`${name} is named by file and line, after the sentences before it`, async () => {
      const path = await scratch.write('a.conll', content);
      const found = conllSentences(path, options);
      assert.equal((await found.next()).value?.line, 1);
      await assert.rejects(found.next(), (error) => {
        assert.ok(error instanceof NerError);
        assert.match(error.message, problem);
        assert.deepEqual(error.detail, { code: 'unreadable-input', path, line: 4 });
        return true;
      });
    });
    test(`${name} spoils its sentence alone where bad rows are taken`, async () => {
      const bad: string[] = [];
      const found = await sentences(content, { ...options, badRow: ({ message }) => bad.push(message) });
      assert.deepEqual(
        found.map(({ line }) => line),
        [1, 6],
      );
      assert.equal(bad.length, 1);
      assert.match(bad[0] ?? '', problem);
    });
  }
});

test('the metadata of a sentence give its id, and tokens never do', async () => {
  const content = [
    ...['# newdoc', '# id = a b', '#\tO', 'x\tO', ''],
    ...['# sent_id = s-2', '# text = x', 'x\tO', ''],
    ...['# id = c\tO', 'x\tO', ''],
    ...['x\tO', '# id = d\tO', ''],
    ...['# id = O', 'x\tO', ''],
  ].join('\n');
  assert.deepEqual(
    (await sentences(content)).map(({ id, rows }) => [id, ...rows.map(([token]) => token)]),
    [
      ['a b', '#', 'x'],
      ['s-2', 'x'],
      [undefined, '# id = c', 'x'],
      [undefined, 'x', '# id = d'],
      [undefined, '#', 'x'],
    ],
  );
});

test('a file without rows is told', async () => {
  await assert.rejects(sentences('\n-DOCSTART- O\n\n# nothing\n'), /a\.conll has no rows; expected CoNLL columns/);
  await assert.rejects(Array.fromAsync(conllSentences(scratch.path('none'))), /Expected CoNLL columns, .* but it does not exist/);
  assert.deepEqual(await sentences(' \n\n', { mayBeEmpty: true }), []);
});
