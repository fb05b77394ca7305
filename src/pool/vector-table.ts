import { crc32 } from 'node:zlib';
import { damagedIndex } from './damaged-index.ts';

/**
 * Unit vectors (or zero vectors) in a quarter of the memory of floats: value `i` of row `r` is `scales[r] * bytes[r * dimensions + i]`.
 * Cosines are off by about 0.0005 for 256 dimensions, and never by more than half a scale times Σ|q| for a query q.
 */
export interface VectorTable {
  readonly dimensions: number;
  readonly rows: number;
  /** One a row: its greatest absolute value divided by 127. */
  readonly scales: Float32Array;
  /** Row after row, each value from -127 to 127. */
  readonly bytes: Int8Array;
  /** Tables of equal contents have equal checksums. */
  readonly checksum: number;
  /** A copy of a row. */
  row(row: number): Float32Array;
  /**
   * The cosine of a row and a unit vector, from -1 to 1.
   * @throws {RangeError} if the dimensions differ or there is no such row.
   */
  dot(row: number, query: Float32Array): number;
}

export interface VectorTableBuilder {
  /**
   * Adds a row.
   * @throws {RangeError} if the dimensions differ or a value is not finite.
   */
  append(vector: Float32Array): void;
  /**
   * Adds a row of another table as it is, to the byte.
   * @throws {RangeError} if the dimensions differ or there is no such row.
   */
  copy(from: VectorTable, row: number): void;
  /** The table of all rows; the builder is empty again afterwards. */
  finish(): VectorTable;
}

const largestByte = 127;
const magic = 'EL4V';
const version = 1;
/** Magic, then version, dimensions, rows and checksum, each 32 bits; scales and bytes follow. Little-endian like all that Node runs on. */
const headerBytes = 20;

/** @throws {RangeError} if `dimensions` is not a positive integer. */
export function vectorTableBuilder(dimensions: number): VectorTableBuilder {
  if (!Number.isInteger(dimensions) || dimensions < 1) throw new RangeError(`Expected dimensions of at least 1, got ${dimensions}.`);
  let rows = 0;
  let scales = new Float32Array();
  let bytes = new Int8Array();
  const resize = (capacity: number) => {
    scales = new Float32Array(scales.buffer.transfer(capacity * Float32Array.BYTES_PER_ELEMENT));
    bytes = new Int8Array(bytes.buffer.transfer(capacity * dimensions));
  };
  const grow = () => {
    if (rows === scales.length) resize(Math.max(16, 2 * rows));
  };
  return {
    append(vector) {
      checkDimensions(dimensions, vector);
      grow();
      scales[rows] = quantize(vector, bytes.subarray(rows * dimensions, (rows + 1) * dimensions));
      rows++;
    },
    copy(from, row) {
      checkDimensions(dimensions, from.bytes.subarray(row * from.dimensions, (row + 1) * from.dimensions));
      grow();
      scales[rows] = from.scales[row] ?? 0;
      bytes.set(from.bytes.subarray(row * dimensions, (row + 1) * dimensions), rows * dimensions);
      rows++;
    },
    finish() {
      resize(rows);
      const table = tableOf(dimensions, scales, bytes);
      rows = 0;
      scales = new Float32Array();
      bytes = new Int8Array();
      return table;
    },
  };
}

/** Whether the first rows of a table are all rows of another, to the byte. */
export function startsWith(table: VectorTable, first: VectorTable): boolean {
  if (table.dimensions !== first.dimensions || table.rows < first.rows) return false;
  const { rows, dimensions } = first;
  return (
    Buffer.compare(bytesOf(table.scales.subarray(0, rows)), bytesOf(first.scales)) === 0 &&
    Buffer.compare(bytesOf(table.bytes.subarray(0, rows * dimensions)), bytesOf(first.bytes)) === 0
  );
}

/** What {@link parseVectorTable} reads. */
export function serializeVectorTable({ dimensions, rows, scales, bytes, checksum }: VectorTable): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 'latin1');
  for (const [index, value] of [version, dimensions, rows, checksum].entries()) header.writeUInt32LE(value, 4 + 4 * index);
  return Buffer.concat([header, bytesOf(scales), bytesOf(bytes)]);
}

/**
 * The table that {@link serializeVectorTable} wrote; it shares the buffer's memory, which must not change any more.
 * @param path - the file of an index that the buffer was read from, for the message.
 * @throws {NerError} `unreadable-input` if the buffer is not exactly such a table.
 */
export function parseVectorTable(buffer: Buffer, path: string): VectorTable {
  if (buffer.length < headerBytes || buffer.toString('latin1', 0, 4) !== magic)
    throw damagedIndex(path, 'It does not start as a table of vectors');
  const [found, dimensions, rows, checksum] = [4, 8, 12, 16].map((at) => buffer.readUInt32LE(at)) as [number, number, number, number]; // as many as offsets
  if (found !== version) throw damagedIndex(path, `It is of version ${found}, expected ${version}`);
  const scaleBytes = rows * Float32Array.BYTES_PER_ELEMENT;
  const expectedBytes = headerBytes + scaleBytes + rows * dimensions;
  if (dimensions < 1 || buffer.length !== expectedBytes)
    throw damagedIndex(path, `It has ${buffer.length} bytes, expected ${expectedBytes}`);
  const { buffer: memory, byteOffset } = aligned(buffer);
  const scales = new Float32Array(memory, byteOffset + headerBytes, rows);
  const table = tableOf(dimensions, scales, new Int8Array(memory, byteOffset + headerBytes + scaleBytes, rows * dimensions));
  if (table.checksum !== checksum) throw damagedIndex(path, 'Its checksum does not fit');
  return table;
}

function tableOf(dimensions: number, scales: Float32Array, bytes: Int8Array): VectorTable {
  const shape = bytesOf(Uint32Array.of(dimensions, scales.length));
  return {
    dimensions,
    rows: scales.length,
    scales,
    bytes,
    checksum: crc32(bytesOf(bytes), crc32(bytesOf(scales), crc32(shape))),
    row(row) {
      checkRow(row, scales.length);
      const scale = scales[row] ?? 0;
      return Float32Array.from(bytes.subarray(row * dimensions, (row + 1) * dimensions), (byte) => scale * byte);
    },
    dot(row, query) {
      checkRow(row, scales.length);
      checkDimensions(dimensions, query);
      return asCosine((scales[row] ?? 0) * dotOfBytes(bytes, row * dimensions, query));
    },
  };
}

/** Rounds a vector to bytes and gives their scale; 0 for the zero vector. */
function quantize(vector: Float32Array, target: Int8Array): number {
  let largest = 0;
  let sum = 0;
  for (const value of vector) {
    const absolute = Math.abs(value);
    sum += absolute;
    if (absolute > largest) largest = absolute;
  }
  if (!Number.isFinite(sum)) throw new RangeError('Expected a vector of finite numbers.');
  const scale = Math.fround(largest / largestByte);
  for (let index = 0; index < vector.length; index++) {
    // The bounds matter only where the scale is so small that float32 holds but a few bits of it.
    const value = scale === 0 ? 0 : Math.round((vector[index] ?? 0) / scale);
    target[index] = Math.max(-largestByte, Math.min(largestByte, value));
  }
  return scale;
}

/** What a product of unit vectors is as a cosine: a row that was rounded can be longer than 1, by about 0.001. */
export function asCosine(product: number): number {
  return Math.max(-1, Math.min(1, product));
}

/** Four sums at once, so that no addition waits for the one before it. */
function dotOfBytes(bytes: Int8Array, first: number, query: Float32Array): number {
  const whole = query.length - (query.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let index = 0; index < whole; index += 4) {
    const at = first + index;
    a += (bytes[at] ?? 0) * (query[index] ?? 0);
    b += (bytes[at + 1] ?? 0) * (query[index + 1] ?? 0);
    c += (bytes[at + 2] ?? 0) * (query[index + 2] ?? 0);
    d += (bytes[at + 3] ?? 0) * (query[index + 3] ?? 0);
  }
  for (let index = whole; index < query.length; index++) a += (bytes[first + index] ?? 0) * (query[index] ?? 0);
  return a + b + (c + d);
}

function checkDimensions(dimensions: number, vector: Float32Array | Int8Array): void {
  if (vector.length !== dimensions) throw new RangeError(`Expected a vector of dimension ${dimensions}, got one of ${vector.length}.`);
}

function checkRow(row: number, rows: number): void {
  if (!Number.isInteger(row) || row < 0 || row >= rows) throw new RangeError(`Expected a row below ${rows}, got ${row}.`);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int8Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The same bytes where a Float32Array may lie over them. */
function aligned(buffer: Buffer): Uint8Array {
  return buffer.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0 ? buffer : Uint8Array.from(buffer);
}
