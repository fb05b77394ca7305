import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NerError } from '../../error.ts';
import type { TagScheme } from '../../evaluation/tagged-spans.ts';
import { taggedPairs } from './tagged-pairs.ts';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-tagged-'));
});
after(() => rm(scratch, { recursive: true }));

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

/** Sentences as `gold / predicted`. */
async function ofOneFile(lines: readonly string[], scheme: TagScheme, note: (line: string) => void = () => {}): Promise<readonly string[]> {
  const path = await file('both.conll', lines);
  const pairs = await Array.fromAsync(taggedPairs({ gold: path, goldColumn: -2, predicted: path, scheme, note }));
  return pairs.map(({ gold, predicted }) => `${gold.join(' ')} / ${predicted.join(' ')}`);
}

async function ofTwoFiles(gold: readonly string[], predicted: readonly string[], scheme: TagScheme): Promise<readonly string[]> {
  const paths = [await file('gold.conll', gold), await file('pred.conll', predicted)] as const;
  const pairs = await Array.fromAsync(taggedPairs({ gold: paths[0], goldColumn: -1, predicted: paths[1], scheme, note: () => {} }));
  return pairs.map((pair) => `${pair.gold.join(' ')} / ${pair.predicted.join(' ')}`);
}

describe('one file', () => {
  const cases: readonly {
    readonly name: string;
    readonly lines: readonly string[];
    readonly scheme: TagScheme;
    readonly pairs: readonly string[];
  }[] = [
    { name: 'with a token and two tags', lines: ['a B-A O', 'b I-A O', '', 'c O O'], scheme: 'iob2', pairs: ['B-A I-A / O O', 'O / O'] },
    { name: 'without tokens, for conlleval', lines: ['', ' '], scheme: 'conlleval', pairs: [] },
    { name: 'with tags alone', lines: ['O B-A', '', 'O O'], scheme: 'conlleval', pairs: ['O / B-A', 'O / O'] },
    {
      name: 'whose document starts are tokens for conlleval',
      lines: ['-DOCSTART- -X- O O', '', 'a x B-A O'],
      scheme: 'conlleval',
      pairs: ['O / O', 'B-A / O'],
    },
    { name: 'and for nobody else', lines: ['-DOCSTART- -X- O O', '', 'a x B-A O'], scheme: 'iob2', pairs: ['B-A / O'] },
    {
      name: 'with the boundaries that conlleval knows',
      lines: ['-X- O O', 'a B-A O', '-X- I-A I-A', '-X- O O', 'b I-A O', 'c I-A O', '-X- O O'],
      scheme: 'conlleval',
      pairs: ['B-A / O', 'I-A I-A / O O'],
    },
  ];
  for (const { name, lines, scheme, pairs } of cases) {
    test(name, async () => assert.deepEqual(await ofOneFile(lines, scheme), pairs));
  }

  describe('is told to be likely misread', () => {
    const notes: Record<string, readonly [lines: readonly string[], expected: RegExp]> = {
      'tags alone': [['O B-A', '', 'O O'], /^\S+both\.conll has two columns .* taken for gold and predicted tags/],
      'a token, its part of speech and its tag': [
        ['Ada NNP B-A', '', 'slept VBD O'],
        /^\S+both\.conll has no tag in column 2 of 3, which is taken for the gold tags .* --pred\.$/,
      ],
      'letters without types': [['Ada B B', '', 'slept O O'], /^$/],
      'a token and its tag': [['Ada B-A', '', 'slept O'], /If they are tokens and their gold tags, name the predictions with --pred\.$/],
      'three columns': [['Ada B-A O', '', 'slept O O'], /^$/],
    };
    for (const [name, [lines, expected]] of Object.entries(notes)) {
      test(name, async () => {
        const told: string[] = [];
        await ofOneFile(lines, 'conlleval', (line) => told.push(line));
        assert.match(told.join('\n'), expected);
      });
    }

    test('before a token is refused as a tag', async () => {
      const told: string[] = [];
      await assert.rejects(
        ofOneFile(['Ada B-A'], 'iob2', (line) => told.push(line)),
        unreadable(/has the tag "Ada"/, 1),
      );
      assert.equal(told.length, 1);
    });
  });

  test('with a row of another width', async () => {
    await assert.rejects(ofOneFile(['a O O', '', 'b O O', 'c O'], 'conlleval'), unreadable(/both\.conll:4 has 2 columns .* have 3/, 4));
  });
});

test('a file without tokens is an error for strict schemes', async () => {
  await assert.rejects(ofOneFile([''], 'iob2'), unreadable(/both\.conll has no rows/, undefined));
});

describe('two files', () => {
  test('whose columns differ', async () => {
    assert.deepEqual(await ofTwoFiles(['a x B-A', '', 'b x O'], ['a O', '', 'b B-B'], 'iob2'), ['B-A / O', 'O / B-B']);
    assert.deepEqual(await ofTwoFiles(['a B-A', 'b O'], ['O', 'B-B'], 'iob2'), ['B-A O / O B-B']);
  });

  test('in Latin-1, and in UTF-8 against it', async () => {
    const rows = 'Köln B-A\nschläft O\n';
    const [latin, utf8] = [join(scratch, 'latin.conll'), join(scratch, 'utf8.conll')];
    await writeFile(latin, rows, 'latin1');
    await writeFile(utf8, rows);
    for (const scheme of ['conlleval', 'iob2'] as const) {
      for (const gold of [latin, utf8]) {
        const pairs = await Array.fromAsync(taggedPairs({ gold, goldColumn: -1, predicted: latin, scheme, note: () => {} }));
        assert.deepEqual(pairs, [{ gold: ['B-A', 'O'], predicted: ['B-A', 'O'] }]);
      }
    }
  });

  const faults: Record<string, readonly [gold: readonly string[], predicted: readonly string[], message: RegExp, line?: number]> = {
    'another token': [['a O', 'b O'], ['a O', 'x O'], /pred\.conll:2 has the token "x" where .*gold\.conll:2 has "b"/, 2],
    'a sentence that ends early': [
      ['', 'a O', 'b O'],
      ['a O', '', 'b O'],
      /pred\.conll:2 ends a sentence where .*gold\.conll:3 has "b"/,
      2,
    ],
    'a sentence that goes on': [['a O', '', 'b O'], ['a O', 'b O'], /pred\.conll:2 has "b" where .*gold\.conll:2 ends a sentence/, 2],
    'a sentence less': [['a O', '', 'b O'], ['a O'], /pred\.conll ends where .*gold\.conll:3 has a sentence/],
    'a sentence more': [['a O'], ['a O', '', 'b O'], /pred\.conll:3 goes on where .*gold\.conll ends/, 3],
    'a predicted tag of another scheme': [['a O'], ['a U-A'], /pred\.conll:1 has the tag "U-A"; expected those of iobes/, 1],
    'a gold tag of another scheme': [['a O', 'b U-A'], ['a O', 'b O'], /gold\.conll:2 has the tag "U-A"; expected those of iobes/, 2],
  };
  for (const [name, [gold, predicted, message, line]] of Object.entries(faults)) {
    test(`with ${name}`, () => assert.rejects(ofTwoFiles(gold, predicted, 'iobes'), unreadable(message, line)));
  }
});

function unreadable(message: RegExp, line: number | undefined) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof NerError && error.detail.code === 'unreadable-input');
    assert.match(error.message, message);
    assert.equal(error.detail.line, line);
    return true;
  };
}
