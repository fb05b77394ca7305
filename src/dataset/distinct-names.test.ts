import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { distinctNames } from './distinct-names.ts';

describe('distinct names', () => {
  test('stay as they are, or get a number that nobody has', () => {
    const distinct = distinctNames((name) => name);
    const given = ['a', 'b', 'a', 'a-3', 'a', 'a', 'a-2', ''];
    assert.deepEqual(given.map(distinct), ['a', 'b', 'a-2', 'a-3', 'a-4', 'a-5', 'a-2-2', '']);
  });

  test('differ by what the format tells apart', () => {
    const distinct = distinctNames((name) => name.toLowerCase());
    assert.deepEqual(['a', 'A', 'a', 'A-3'].map(distinct), ['a', 'A-2', 'a-3', 'A-3-2']);
  });
});
