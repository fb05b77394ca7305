const blockBytes = 512;
const regularFile = [0x00, 0x30];

/**
 * A file in a tar archive (POSIX ustar). The name is looked for as it is, `./` before it aside, and nothing else of the archive is used:
 * no path, no link.
 * @returns its bytes, a part of the archive's; undefined if there is no such regular file.
 * @throws {RangeError} if the archive is damaged before the file, or ends in it.
 */
export function tarMember(archive: Uint8Array, name: string): Uint8Array | undefined {
  for (let at = 0; at + blockBytes <= archive.length; ) {
    const header = archive.subarray(at, at + blockBytes);
    if (header.every((byte) => byte === 0)) return undefined; // the end of the archive
    if (octal(header, 148, 156) !== checksum(header)) throw new RangeError(`The archive is damaged at byte ${at}.`);
    const start = at + blockBytes;
    const end = start + octal(header, 124, 136);
    if (end > archive.length) throw new RangeError(`The archive ends at byte ${archive.length}; expected at least ${end} bytes.`);
    if (regularFile.includes(header[156] ?? -1) && nameOf(header) === name) return archive.subarray(start, end);
    at = start + Math.ceil((end - start) / blockBytes) * blockBytes;
  }
  return undefined;
}

function nameOf(header: Uint8Array): string {
  const prefix = text(header, 345, 500);
  const name = text(header, 0, 100);
  return (prefix === '' ? name : `${prefix}/${name}`).replace(/^\.\//, '');
}

/** The sum of the header's bytes, with spaces in the place of the sum. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
}

/** @throws {RangeError} for what is no octal number, such as the sizes above 8 GB that some archives have. */
function octal(header: Uint8Array, from: number, to: number): number {
  const digits = text(header, from, to).trim();
  if (!/^[0-7]+$/.test(digits)) throw new RangeError(`The archive has "${digits}" where a number is expected.`);
  return Number.parseInt(digits, 8);
}

/** Up to the first zero byte. */
function text(header: Uint8Array, from: number, to: number): string {
  return Buffer.from(header.subarray(from, to)).toString('latin1').replace(/\0.*$/s, '');
}
