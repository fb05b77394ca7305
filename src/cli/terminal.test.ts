import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { createTerminal } from './terminal.ts';

interface Conditions {
  readonly isTTY?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

function open({ isTTY = false, environment = {} }: Conditions) {
  const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  const { signal } = new AbortController();
  return { terminal: createTerminal({ stdin: Readable.from([]), stdout, stderr, environment, signal }), stdout, stderr };
}

describe('colours', () => {
  const cases: Record<string, readonly [Conditions, expected: boolean]> = {
    'a terminal has them': [{ isTTY: true }, true],
    'a pipe has none': [{}, false],
    'a pipe of a build server has none': [{ environment: { CI: 'true' } }, false],
    'NO_COLOR takes them off': [{ isTTY: true, environment: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
    'FORCE_COLOR puts them on': [{ environment: { FORCE_COLOR: '1' } }, true],
    'FORCE_COLOR=0 takes them off': [{ isTTY: true, environment: { FORCE_COLOR: '0' } }, false],
    'a dumb terminal has none': [{ isTTY: true, environment: { TERM: 'dumb' } }, false],
  };
  for (const [name, [conditions, expected]] of Object.entries(cases)) {
    test(name, () => assert.equal(open(conditions).terminal.colours.isColorSupported, expected));
  }
});

test('a note is a line of its own without control characters', () => {
  const { terminal, stderr } = open({});
  terminal.note('bad\u001b[2J');
  assert.equal(stderr.read(), 'el4ner: bad�[2J\n');
});

describe('progress', () => {
  test('gives way to what is printed', async () => {
    const { terminal, stdout, stderr } = open({ isTTY: true });
    terminal.progress('1 of 2');
    terminal.progress('2 of 2');
    await terminal.print('done');
    await terminal.print('!');
    assert.equal(stderr.read(), '1 of 2\r\u001b[K2 of 2\r\u001b[K');
    assert.equal(stdout.read(), 'done!');
  });

  test('is not for files', () => {
    const { terminal, stderr } = open({});
    terminal.progress('1 of 2');
    assert.equal(stderr.read(), null);
  });
});

test('a milestone is for those who see no progress', () => {
  const [log, person] = [open({}), open({ isTTY: true })];
  for (const { terminal } of [log, person]) terminal.milestone('1 of 2');
  assert.equal(log.stderr.read(), 'el4ner: 1 of 2\n');
  assert.equal(person.stderr.read(), null);
});
