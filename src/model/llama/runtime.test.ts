import assert from 'node:assert/strict';
import { test } from 'node:test';
import { threadsFor } from './runtime.ts';

for (const { name, size, maxThreads, threads } of [
  { name: 'a tiny model has one thread', size: 7_000_000, maxThreads: 8, threads: 1 },
  { name: 'any other has all that there are', size: 400_000_000, maxThreads: 8, threads: 8 },
  { name: 'without a maximum there are as many as cores', size: 400_000_000, maxThreads: 0, threads: 6 },
]) {
  test(`${name}, and never shares them`, () => {
    assert.deepEqual(threadsFor({ size, llama: { maxThreads, cpuMathCores: 6 } }), { ideal: threads, min: threads });
  });
}
