import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RunProgressOptions, runProgress } from './run-progress.ts';

/** Progress with a clock of its own, and what was told. */
function clocked(options: Partial<RunProgressOptions>) {
  const told: string[] = [];
  const tell = (line: string) => void told.push(line);
  let ms = 0;
  const progress = runProgress({ progress: tell, emit: tell }, { kind: 'line', done: 0, failed: 0, total: 4, now: () => ms, ...options });
  const after = (more: number) => {
    ms += more;
  };
  return { progress, told, after };
}

test('a line tells documents, failures, rate and time left, not more often than twice a second', () => {
  const { progress, told, after } = clocked({ done: 1, total: 1_000 });
  after(1000);
  progress.add(false);
  after(100);
  progress.add(true);
  after(900);
  progress.add(false);
  assert.deepEqual(told, ['2 of 1,000 documents, 1.0 a second, 17 min left', '4 of 1,000 documents, 1 failed, 1.5 a second, 12 min left']);
});

test('inside a long document windows count', () => {
  const { progress, told, after } = clocked({ total: 2 });
  after(60_000);
  progress.addWindow('a book\u0007', 300, 1200);
  after(180_000);
  progress.addWindow('a book\u0007', 1200, 1200);
  after(60_000);
  progress.add(false);
  assert.deepEqual(told, [
    '0 of 2 documents, 300 of 1,200 windows of a book\ufffd, 15.0 an hour, 7 min left',
    '0 of 2 documents, 1,200 of 1,200 windows of a book\ufffd, 15.0 an hour, 4 min left',
    '1 of 2 documents, 12.0 an hour, 5 min left',
  ]);
});

test('a text of one window has no progress inside', () => {
  const { progress, told, after } = clocked({});
  after(1000);
  progress.addWindow('short', 1, 1);
  assert.deepEqual(told, []);
});

test('programs get JSON, and the end is told', () => {
  const { progress, told, after } = clocked({ kind: 'json' });
  after(2000);
  progress.addWindow('b', 1, 2);
  progress.add(false);
  progress.end();
  const lines = told.map((line) => JSON.parse(line));
  assert.deepEqual(lines[0], {
    documents: 0,
    failed: 0,
    total: 4,
    perSecond: 0.25,
    secondsLeft: 14,
    windows: { id: 'b', done: 1, total: 2 },
  });
  assert.equal(lines.at(-1).documents, 1);
});
