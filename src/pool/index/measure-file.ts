import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';

/** The size of a file and its CRC-32. */
export async function measureFile(path: string): Promise<{ readonly bytes: number; readonly crc32: number }> {
  let [bytes, checksum] = [0, 0];
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    const chunk = piece as Buffer; // no encoding was asked for
    bytes += chunk.length;
    checksum = crc32(chunk, checksum);
  }
  return { bytes, crc32: checksum };
}
