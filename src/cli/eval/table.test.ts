import assert from 'node:assert/strict';
import { test } from 'node:test';
import picocolors from 'picocolors';
import { rowOf } from '../../experiment/row.ts';
import { rowTable } from './table.ts';

test('degraded documents have a column where there are any', () => {
  const colours = picocolors.createColors(false);
  const row = rowOf('full', [], [], { seed: 0 });
  assert.doesNotMatch(rowTable([row], colours), /degraded/);
  assert.match(rowTable([row, { ...row, degraded: 7 }], colours), /failed {2}degraded\n.* 0 {2} +0\n.* 0 {2} +7\n$/);
});
