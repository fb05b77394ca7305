/** A file of an archive. */
interface ArchivedFile {
  readonly name: string;
  readonly content: string;
}

const encoder = new TextEncoder();

/**
 * A ZIP archive of files, which are not compressed.
 * @see APPNOTE.TXT of PKWARE, 6.3.10
 */
export function zipOf(files: readonly ArchivedFile[]): Uint8Array<ArrayBuffer> {
  const local: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content } of files) {
    const [encodedName, data] = [encoder.encode(name), encoder.encode(content)];
    const shared = [
      ...u16(20),
      ...u16(utf8Names),
      ...u16(0),
      ...u16(0),
      ...u16(firstDay),
      ...u32(crc32(data)),
      ...u32(data.length),
      ...u32(data.length),
    ];
    const ending = [...u16(encodedName.length), ...u16(0)];
    local.push(Uint8Array.from([0x50, 0x4b, 3, 4, ...shared, ...ending]), encodedName, data);
    central.push(
      Uint8Array.from([0x50, 0x4b, 1, 2, ...u16(20), ...shared, ...ending, ...u16(0), ...u16(0), ...u16(0), ...u32(0), ...u32(offset)]),
      encodedName,
    );
    offset += 30 + encodedName.length + data.length;
  }
  const size = central.reduce((sum, { length }) => sum + length, 0);
  const end = [0x50, 0x4b, 5, 6, ...u16(0), ...u16(0), ...u16(files.length), ...u16(files.length), ...u32(size), ...u32(offset), ...u16(0)];
  return joined([...local, ...central, Uint8Array.from(end)]);
}

const utf8Names = 1 << 11;
/** 1980-01-01, so that the same files make the same archive. */
const firstDay = 0x21;

const u16 = (value: number): readonly number[] => [value & 0xff, (value >>> 8) & 0xff];
const u32 = (value: number): readonly number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
