import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { tarArchive } from './tar.fixture.ts';
import { tarMember } from './tar.ts';

function read(archive: Uint8Array, name: string): string | undefined {
  const data = tarMember(archive, name);
  return data === undefined ? undefined : Buffer.from(data).toString('utf8');
}

const two = tarArchive([
  { name: './a.txt', content: 'first' },
  { name: 'b.txt', content: 'second' },
]);

describe('a member of a tar archive', () => {
  test('is found among others, with ./ before its name or without', () => {
    assert.equal(read(two, 'a.txt'), 'first');
    assert.equal(read(two, 'b.txt'), 'second');
  });

  test('has any name and content', () => {
    const name = fc.string({ unit: fc.constantFrom(...'abc-_./'), minLength: 1, maxLength: 60 }).filter((path) => !path.startsWith('./'));
    const content = fc.string({ unit: 'binary', maxLength: 1500 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.record({ name, content }), { selector: (entry) => entry.name, minLength: 1 }), (entries) => {
        const archive = tarArchive(entries);
        for (const entry of entries) assert.equal(read(archive, entry.name), entry.content.toWellFormed());
      }),
    );
  });

  test('may lie in a directory that has a field of its own', () => {
    assert.equal(read(tarArchive([{ name: 'a.txt', prefix: 'deep/down', content: 'x' }]), 'deep/down/a.txt'), 'x');
  });

  test('is undefined where there is none', () => {
    assert.equal(read(two, 'c.txt'), undefined);
    assert.equal(read(new Uint8Array(), 'a.txt'), undefined);
    assert.equal(read(Buffer.alloc(1024), 'a.txt'), undefined);
  });

  for (const [kind, type] of Object.entries({ 'a hard link': '1', 'a symbolic link': '2', 'a directory': '5' })) {
    test(`is no file if it is ${kind}`, () => assert.equal(read(tarArchive([{ name: 'a.txt', type, content: '' }]), 'a.txt'), undefined));
  }
});

describe('a damaged archive', () => {
  const cases: Record<string, readonly [archive: Uint8Array, message: RegExp]> = {
    'that ends in the file': [two.subarray(0, 514), /ends at byte 514; expected at least 517/],
    'with a byte changed': [Buffer.from(two).fill(0x21, 3, 4), /damaged at byte 0/],
    'that is something else': [Buffer.from('<html>'.repeat(200)), /"<html>.*" where a number|where a number is expected/],
    'with a size that is no octal number': [
      tarArchive([{ name: 'a.txt', size: '\x80\0\0\0\0\0\0\0\0\0\0\x09', content: '' }]),
      /number is expected/,
    ],
  };
  for (const [name, [archive, message]] of Object.entries(cases)) {
    test(`${name} is refused`, () => assert.throws(() => tarMember(archive, 'a.txt'), { name: 'RangeError', message }));
  }
});
