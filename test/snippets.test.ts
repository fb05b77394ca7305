import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLike, snippetsOf } from './snippets.fixture.ts';

test('blocks have the output behind them and the remarks before them', () => {
  const page = [
    'Words.',
    '',
    '<!-- first: cp a b',
    'cp b c -->',
    '',
    '```sh',
    'cat c',
    '```',
    '',
    '```text',
    'c',
    '```',
    '',
    '<!-- a comment -->',
    '<!-- not run: it takes long -->',
    '```ts',
    'await 1;',
    '```',
    'Words between.',
    '```text',
    'no output',
    '```',
  ];
  assert.deepEqual(snippetsOf(page.join('\n')), [
    { line: 7, language: 'sh', code: 'cat c\n', output: { line: 11, text: 'c\n' }, first: 'cp a b\ncp b c', isInBackground: false },
    { line: 17, language: 'ts', code: 'await 1;\n', notRun: 'it takes long', isInBackground: false },
    { line: 21, language: 'text', code: 'no output\n', isInBackground: false },
  ]);
});

const outputs: Record<string, readonly [expected: string, actual: string, isLike: boolean]> = {
  'the same': ['a (b) [c]*', 'a (b) [c]*\n', true],
  'other words': ['three entities', 'four entities', false],
  'other white space': ['a  b\n\nc', 'a b\nc', true],
  'what was left out': ['a … c', 'a b b c', true],
  'what is missing behind it': ['a … c', 'a b b d', false],
  'a score that is rounded otherwise': ['person 0.98', 'person 0.95', true],
  'another score': ['person 0.98', 'person 0.91', false],
  'percents that are rounded otherwise': ['F1 78.1, 44 %', 'F1 80.2, 46 %', true],
  'other percents': ['none 44 %', 'none 48 %', false],
  'another offset': ['3–12 Caldo', '3–13 Caldo', false],
};
for (const [name, [expected, actual, isLike]] of Object.entries(outputs)) {
  test(`output: ${name}`, () => assert.equal(looksLike(expected, actual), isLike));
}
