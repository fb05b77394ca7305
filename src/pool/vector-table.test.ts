import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NerError } from '../error.ts';
import { normalize } from '../model/embedder.ts';
import { dot } from './span-similarity.ts';
import { parseVectorTable, serializeVectorTable, type VectorTable, vectorTableBuilder } from './vector-table.ts';

const noOverflow = { noNaN: true, noDefaultInfinity: true, min: -1, max: 1 };

/** Up to 40 unit or zero vectors of one dimension up to 70. */
const rowsOfOneDimension = fc
  .integer({ min: 1, max: 70 })
  .chain((dimensions) =>
    fc.array(fc.array(fc.double(noOverflow), { minLength: dimensions, maxLength: dimensions }), { minLength: 1, maxLength: 40 }),
  )
  .map((rows) => rows.map((row) => normalize(Float32Array.from(row))));

function tableOf(rows: readonly Float32Array[], dimensions = rows[0]?.length ?? 1): VectorTable {
  const builder = vectorTableBuilder(dimensions);
  for (const row of rows) builder.append(row);
  return builder.finish();
}

test('a row comes back with no value further off than half a scale', () => {
  fc.assert(
    fc.property(rowsOfOneDimension, (rows) => {
      const table = tableOf(rows);
      assert.equal(table.rows, rows.length);
      for (const [index, row] of rows.entries()) {
        const bound = (table.scales[index] ?? 0) * 0.5001;
        assert.ok(table.row(index).every((value, at) => Math.abs(value - (row[at] ?? Number.NaN)) <= bound));
      }
    }),
  );
});

test('dot is that of the row that comes back, if that is a cosine, and off from the true one by no more than half a scale times Σ|q|', () => {
  fc.assert(
    fc.property(rowsOfOneDimension, (rows) => {
      const table = tableOf(rows);
      for (const query of rows) {
        const size = query.reduce((sum, value) => sum + Math.abs(value), 0);
        for (const [index, row] of rows.entries()) {
          const value = table.dot(index, query);
          assert.ok(Math.abs(value - Math.max(-1, Math.min(1, dot(table.row(index), query)))) < 1e-6);
          assert.ok(Math.abs(value) <= 1);
          assert.ok(Math.abs(value - dot(row, query)) <= (table.scales[index] ?? 0) * 0.5001 * size + 1e-6);
        }
      }
    }),
  );
});

test('cosines of vectors of 256 dimensions are off by less than 0.003', () => {
  const gaussian = fc.array(fc.tuple(fc.double({ min: 1e-9, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 256,
    maxLength: 256,
  });
  const unit = gaussian.map((pairs) =>
    normalize(Float32Array.from(pairs, ([a, b]) => Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b))),
  );
  fc.assert(fc.property(unit, unit, (a, b) => Math.abs(tableOf([a]).dot(0, b) - dot(a, b)) < 0.003));
});

test('a table survives being written and read', () => {
  fc.assert(
    fc.property(rowsOfOneDimension, fc.integer({ min: 0, max: 3 }), (rows, offset) => {
      const table = tableOf(rows);
      const written = serializeVectorTable(table);
      const shifted = Buffer.concat([Buffer.alloc(offset), written]).subarray(offset);
      const read = parseVectorTable(shifted, 'pool.vectors');
      assert.deepEqual(
        [read.dimensions, read.rows, read.checksum, read.scales, read.bytes],
        [table.dimensions, table.rows, table.checksum, table.scales, table.bytes],
      );
    }),
  );
});

test('a table of no rows is a table', () => {
  const read = parseVectorTable(serializeVectorTable(tableOf([], 7)), 'pool.vectors');
  assert.deepEqual([read.dimensions, read.rows], [7, 0]);
});

test('bytes that are damaged anywhere, cut off or too many are refused', () => {
  const written = serializeVectorTable(tableOf([normalize(Float32Array.of(1, 2, 3)), normalize(Float32Array.of(3, 2, 1))]));
  const isRefused = (bytes: Buffer) =>
    assert.throws(
      () => parseVectorTable(bytes, 'pool.vectors'),
      (error) => error instanceof NerError && error.detail.code === 'unreadable-input' && error.detail.path === 'pool.vectors',
    );
  for (let at = 0; at < written.length; at++) {
    const damaged = Buffer.from(written);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    isRefused(damaged);
    isRefused(written.subarray(0, at));
  }
  isRefused(Buffer.concat([written, Buffer.alloc(1)]));
});

test('a builder starts anew after its table', () => {
  const builder = vectorTableBuilder(2);
  builder.append(Float32Array.of(1, 0));
  const first = builder.finish();
  builder.append(Float32Array.of(0, 1));
  const second = builder.finish();
  assert.deepEqual([first.rows, ...first.row(0)], [1, 1, 0]);
  assert.deepEqual([second.rows, ...second.row(0)], [1, 0, 1]);
  assert.notEqual(first.checksum, second.checksum);
});

test('tiny values, zero vectors and values that are no numbers', () => {
  const table = tableOf([Float32Array.of(1e-44, -1e-44), Float32Array.of(0, 0)]);
  assert.ok(table.bytes.every((byte) => Math.abs(byte) <= 127));
  assert.deepEqual([...table.row(1), table.dot(1, Float32Array.of(1, 0))], [0, 0, 0]);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => tableOf([Float32Array.of(1, value)]), RangeError);
});

test('other dimensions and rows that do not exist are refused', () => {
  const table = tableOf([Float32Array.of(1, 0)]);
  assert.throws(() => table.dot(0, Float32Array.of(1)), RangeError);
  assert.throws(() => table.dot(1, Float32Array.of(1, 0)), RangeError);
  assert.throws(() => table.row(-1), RangeError);
  assert.throws(() => vectorTableBuilder(2).append(Float32Array.of(1)), RangeError);
  assert.throws(() => vectorTableBuilder(0), RangeError);
});
