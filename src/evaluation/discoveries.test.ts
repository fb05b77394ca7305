import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { discoveries } from './discoveries.ts';

describe('discoveries', () => {
  const cases: readonly (readonly [string, readonly number[], readonly boolean[]])[] = [
    ['none of none', [], []],
    ['a single test as usual', [0.04], [true]],
    ['what one test alone would have passed', [0.04, 0.9, 0.9], [false, false, false]],
    ['what is too little together', [0.04, 0.03, 0.9, 0.02], [false, false, false, false]],
    ['a later rank lifts earlier ones', [0.03, 0.02, 0.9, 0.03], [true, true, false, true]],
  ];
  for (const [name, ps, expected] of cases) test(name, () => assert.deepEqual(discoveries(ps, 0.05), expected));

  test('the example of Benjamini and Hochberg: four of fifteen', () => {
    const ps = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1];
    assert.equal(discoveries(ps, 0.05).filter(Boolean).length, 4);
  });

  test('a smaller p never falls where a greater one stands', () => {
    const p = fc.double({ min: 0.0001, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(p), (ps) => {
        const standing = discoveries(ps, 0.05);
        const greatest = Math.max(...ps.filter((_, index) => standing[index]));
        assert.ok(ps.every((value, index) => standing[index] === value <= greatest));
      }),
    );
  });
});
