/** A file, or what `type` says, of an archive. */
interface TarEntry {
  readonly name: string;
  readonly content: string;
  /** The directory, in the field of its own. */
  readonly prefix?: string;
  /** Default `0`, a regular file. */
  readonly type?: string;
  /** Instead of the octal size of the content. */
  readonly size?: string;
}

/** A POSIX ustar archive of these entries. */
export function tarArchive(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.map(blocks), Buffer.alloc(1024)]);
}

function blocks({ name, content, prefix = '', type = '0', size }: TarEntry): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(size ?? `${data.length.toString(8).padStart(11, '0')} `, 124, 'latin1');
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}
