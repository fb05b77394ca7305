import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { NerError } from '../error.ts';

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
export function appendGraphTrailer(path: string, { dimensions, tableChecksum, nextEqual }: GraphTrailer): void {
  const end = Buffer.alloc(endBytes);
  end.write(magic, 'latin1');
  for (const [index, value] of [version, dimensions, nextEqual.length, tableChecksum].entries()) end.writeUInt32LE(value, 4 + 4 * index);
  const rows = Buffer.from(nextEqual.buffer, nextEqual.byteOffset, nextEqual.byteLength);
  const file = openSync(path, 'r+');
  try {
    const { size } = fstatSync(file);
    end.writeUInt32LE(crc32(end.subarray(0, checksumAt), crc32(rows, checksumOf(file, size))), checksumAt);
    const trailer = Buffer.concat([rows, end]);
    writeSync(file, trailer, 0, trailer.length, size);
  } finally {
    closeSync(file);
  }
}

/**
 * The trailer of a file that is whole. All of the file is checked: the library follows the numbers in it without a look, so that damage
 * would crash the process.
 * @throws {NerError} `unreadable-input`.
 */
export function readGraphTrailer(path: string): GraphTrailer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw unusableGraph(path, 'it cannot be opened', cause);
  }
  try {
    const { size } = fstatSync(file);
    const end = Buffer.alloc(endBytes);
    if (size < endBytes || readSync(file, end, 0, endBytes, size - endBytes) < endBytes || end.toString('latin1', 0, 4) !== magic) {
      throw unusableGraph(path, 'it does not end as one');
    }
    if (end.readUInt32LE(4) !== version) throw unusableGraph(path, `it is of version ${end.readUInt32LE(4)}, expected ${version}`);
    if (checksumOf(file, size - 4) !== end.readUInt32LE(checksumAt)) throw unusableGraph(path, 'its checksum does not fit');
    const nextEqual = new Uint32Array(end.readUInt32LE(12));
    readSync(file, nextEqual, 0, nextEqual.byteLength, size - endBytes - nextEqual.byteLength);
    return { dimensions: end.readUInt32LE(8), tableChecksum: end.readUInt32LE(16), nextEqual };
  } finally {
    closeSync(file);
  }
}

/** The error of a file that is no graph, or a damaged one. */
export function unusableGraph(path: string, what: string, cause?: unknown): NerError {
  return new NerError(
    `${path} is no usable graph of vectors: ${what}. Delete it and prepare the pool anew.`,
    { code: 'unreadable-input', path },
    { cause },
  );
}

/** CRC-32 of the first bytes of a file, read bit by bit: memory that is used again costs less than the reading. */
function checksumOf(file: number, bytes: number): number {
  const buffer = Buffer.allocUnsafeSlow(2 ** 20);
  let checksum = 0;
  let at = 0;
  while (at < bytes) {
    const read = readSync(file, buffer, 0, Math.min(buffer.length, bytes - at), at);
    if (read === 0) break;
    checksum = crc32(buffer.subarray(0, read), checksum);
    at += read;
  }
  return checksum;
}
