import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** Small enough for a processor's cache. */
const pieceBytes = 2 ** 20;
/** Node reads no more than 2 GiB at once. */
const mostBytesARead = 2 ** 30;

/** The size of a file and its CRC-32. */
export async function measureFile(path: string): Promise<{ readonly bytes: number; readonly crc32: number }> {
  await using file = await open(path);
  const { size } = await file.stat();
  return { bytes: size, crc32: await checksumOf(file, size) };
}

/**
 * CRC-32 of the first bytes of a file; of all of them if it has fewer. It is read piece by piece into the same memory, as fresh memory costs
 * more than the reading, and while one piece is summed up here the next one is read on another thread.
 */
export async function checksumOf(file: FileHandle, bytes: number): Promise<number> {
  let [free, full] = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
  let checksum = 0;
  let at = 0;
  let { bytesRead } = await file.read(full, 0, Math.min(pieceBytes, bytes), 0);
  while (bytesRead > 0) {
    at += bytesRead;
    const next = file.read(free, 0, Math.min(pieceBytes, bytes - at), at);
    checksum = crc32(full.subarray(0, bytesRead), checksum);
    [free, full] = [full, free];
    ({ bytesRead } = await next);
  }
  return checksum;
}

/** The content of a file, read straight into its place; `readFile` makes many small reads of a large one and copies them together. */
export async function readWhole(path: string): Promise<Buffer> {
  await using file = await open(path);
  const content = Buffer.allocUnsafeSlow((await file.stat()).size);
  let at = 0;
  for (let bytesRead = 1; bytesRead > 0 && at < content.length; at += bytesRead) {
    ({ bytesRead } = await file.read(content, at, Math.min(content.length - at, mostBytesARead), at));
  }
  return content.subarray(0, at);
}
