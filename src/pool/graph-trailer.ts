import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { damagedIndex } from './damaged-index.ts';
import { checksumOf } from './file-content.ts';

/** What a file of a graph has behind the search library's own bytes; the library reads past it. */
export interface GraphTrailer {
  readonly dimensions: number;
  /** Of the table of vectors that the graph was built from. */
  readonly tableChecksum: number;
  /** For each row of the table the next one that is equal; itself if there is none. */
  readonly nextEqual: Uint32Array;
}

const magic = 'EL4G';
const version = 1;
/** The end of the trailer: magic, then version, dimensions, rows, the table's checksum and that of all before it, each 32 bits. */
const endBytes = 24;
const checksumAt = endBytes - 4;

/** Appends the trailer to a file that the library wrote. */
export async function appendGraphTrailer(path: string, { dimensions, tableChecksum, nextEqual }: GraphTrailer): Promise<void> {
  const end = Buffer.alloc(endBytes);
  end.write(magic, 'latin1');
  for (const [index, value] of [version, dimensions, nextEqual.length, tableChecksum].entries()) end.writeUInt32LE(value, 4 + 4 * index);
  const rows = Buffer.from(nextEqual.buffer, nextEqual.byteOffset, nextEqual.byteLength);
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  end.writeUInt32LE(crc32(end.subarray(0, checksumAt), crc32(rows, await checksumOf(file, size))), checksumAt);
  await file.write(Buffer.concat([rows, end]), { position: size });
}

/**
 * The trailer of a file that is whole. All of the file is checked: the library follows the numbers in it without a look, so that damage
 * would crash the process.
 * @throws {NerError} `unreadable-input`.
 */
export async function readGraphTrailer(path: string): Promise<GraphTrailer> {
  await using file = await open(path).catch((cause: unknown) => {
    throw damagedIndex(path, 'It cannot be opened', cause);
  });
  const { size } = await file.stat();
  const end = Buffer.alloc(endBytes);
  const { bytesRead } = await file.read(end, 0, endBytes, Math.max(0, size - endBytes));
  if (bytesRead < endBytes || end.toString('latin1', 0, 4) !== magic) throw damagedIndex(path, 'It does not end as a graph');
  if (end.readUInt32LE(4) !== version) throw damagedIndex(path, `It is of version ${end.readUInt32LE(4)}, expected ${version}`);
  if ((await checksumOf(file, size - 4)) !== end.readUInt32LE(checksumAt)) throw damagedIndex(path, 'Its checksum does not fit');
  const rows = end.readUInt32LE(12);
  const start = size - endBytes - rows * Uint32Array.BYTES_PER_ELEMENT;
  if (start < 0) throw damagedIndex(path, 'It has fewer rows than it says');
  const nextEqual = new Uint32Array(rows);
  await file.read(nextEqual, 0, nextEqual.byteLength, start);
  // Else whoever follows them would go round in circles.
  if (!nextEqual.every((next, row) => next >= row && next < rows)) throw damagedIndex(path, 'Its rows do not follow each other');
  return { dimensions: end.readUInt32LE(8), tableChecksum: end.readUInt32LE(16), nextEqual };
}
