import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NerError } from '../error.ts';
import { type ExtractFlags, evalFlags, extractFlags, parseFlags, scoreFlags } from './flags.ts';
import { withSelection } from './selection-flags.ts';

test('flags that are left out have their defaults, or none', () => {
  assert.deepEqual(parseFlags(extractFlags, {}), { file: [], workers: 1, format: 'text', trace: false, stats: false });
});

test('lists are split at commas and numbers are numbers', () => {
  const flags = parseFlags(extractFlags, { models: 'nano:social, ollama:qwen2.5:14b', k: '0', quorum: '2', timeout: '0.5' });
  assert.deepEqual(flags.models, ['nano:social', 'ollama:qwen2.5:14b']);
  assert.deepEqual([flags.k, flags.quorum, flags.timeout], [0, 2, 0.5]);
});

test('the flags of a selection become one option, which is there only if one of them is', () => {
  const plain = parseFlags(extractFlags, { k: '3' });
  assert.deepEqual(withSelection(plain), plain);
  const given = { coverTypes: true, coverSpans: true, diversity: '0.3', nearDuplicates: '0.9', allowQuery: true };
  const expected = { coverTypes: true, coverSpans: true, diversity: 0.3, nearDuplicates: 0.9, allowQuery: true };
  for (const schema of [extractFlags, evalFlags]) {
    const { selection, ...others } = withSelection<Partial<ExtractFlags>>(parseFlags<Partial<ExtractFlags>>(schema, given));
    assert.deepEqual(selection, expected);
    assert.deepEqual(others, parseFlags<object>(schema, {}));
  }
});

test('draws by chance have a bound, so that none of them fills the memory', () => {
  for (const key of ['resamples', 'shuffles']) {
    assert.throws(() => parseFlags(scoreFlags, { gold: 'a', [key]: '99999999999' }), {
      message: `--${key} is "99999999999"; expected a whole number from 1 to 1000000.`,
    });
  }
});

describe('a bad value is told with its flag', () => {
  const cases: readonly (readonly [key: string, value: string, message: string])[] = [
    ['k', '-1', '--k is "-1"; expected a whole number of at least 0.'],
    ['k', '2.5', '--k is "2.5"; expected a whole number of at least 0.'],
    ['documentTokens', '0', '--document-tokens is "0"; expected a whole number of at least 1.'],
    ['documentTimeout', '0', '--document-timeout is "0"; expected a number of seconds above 0, at most 86400.'],
    ['quorum', '0', '--quorum is "0"; expected a whole number of at least 1.'],
    ['workers', '', '--workers is ""; expected a whole number of at least 1.'],
    ['weights', '1,0', '--weights is "1,0"; expected numbers above 0, one a model, separated by commas.'],
    ['weights', '1,,2', '--weights is "1,,2"; expected numbers above 0, one a model, separated by commas.'],
    ['timeout', '0', '--timeout is "0"; expected a number of seconds above 0, at most 86400.'],
    ['timeout', '86401', '--timeout is "86401"; expected a number of seconds above 0, at most 86400.'],
    ['timeout', '1m', '--timeout is "1m"; expected a number of seconds above 0, at most 86400.'],
    ['diversity', '1.01', '--diversity is "1.01"; expected a number from 0 to 1.'],
    ['diversity', '', '--diversity is ""; expected a number from 0 to 1.'],
    ['nearDuplicates', '0', '--near-duplicates is "0"; expected a number above 0, at most 1.'],
    ['demonstrationTokens', '1e3', '--demonstration-tokens is "1e3"; expected a whole number of at least 0.'],
    ['models', 'nano:social,', '--models is "nano:social,"; expected URIs of models, separated by commas.'],
  ];
  for (const [key, value, message] of cases) {
    test(message, () => {
      const problem = (error: unknown) => error instanceof NerError && error.detail.code === 'usage' && error.message === message;
      assert.throws(() => parseFlags(extractFlags, { [key]: value }), problem);
    });
  }
});
