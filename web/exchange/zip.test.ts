import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { zipOf } from './zip.ts';

test('an archive lists its files with their sums, at the places where they are', () => {
  const files = [
    { name: 'a.txt', content: 'Ada' },
    { name: 'é.ann', content: 'T1\tperson 0 3\tAda\n' },
  ];
  const zip = Buffer.from(zipOf(files));
  const end = zip.length - 22;
  assert.equal(zip.readUInt32LE(end), 0x06054b50);
  assert.equal(zip.readUInt16LE(end + 10), 2);
  let at = zip.readUInt32LE(end + 16);
  assert.equal(at + zip.readUInt32LE(end + 12), end);
  for (const { name, content } of files) {
    assert.equal(zip.readUInt32LE(at), 0x02014b50);
    const [crc, size, nameLength, local] = [
      zip.readUInt32LE(at + 16),
      zip.readUInt32LE(at + 24),
      zip.readUInt16LE(at + 28),
      zip.readUInt32LE(at + 42),
    ];
    assert.equal(zip.toString('utf8', at + 46, at + 46 + nameLength), name);
    assert.equal(zip.readUInt32LE(local), 0x04034b50);
    const data = zip.subarray(local + 30 + nameLength, local + 30 + nameLength + size);
    assert.equal(data.toString(), content);
    assert.equal(crc, crc32(content));
    at += 46 + nameLength;
  }
  assert.equal(at, end);
});
