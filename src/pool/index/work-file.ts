import { DatabaseSync } from 'node:sqlite';
import type { Span } from '../../document/span.ts';
import { NerError, usageError } from '../../error.ts';

/** What was worked out for a sentence: its candidate spans, the vector of the sentence, and behind it those of the spans. */
interface WorkedOut {
  readonly spans: readonly Span[];
  readonly vectors: readonly Float32Array[];
  /** Why its spans are not those that were asked for; it is tried again the next time. */
  readonly unread?: string;
}

/** What a build has worked out so far, on disk, so that one that is killed goes on where it was. */
export interface WorkFile extends Disposable {
  has(key: string): boolean;
  read(key: string): WorkedOut | undefined;
  write(key: string, worked: WorkedOut): void;
  /** Makes what was written outlast a kill; a power cut may take the last of it, and damages nothing. */
  commit(): void;
}

/** Of whom a work file is. */
export interface WorkSettings {
  /** Of the build, as a string. */
  readonly settings: string;
  /** Called with the settings of another build before what that one had worked out is thrown away; it may throw a `NerError` instead. */
  readonly onOther: (settings: string) => void;
}

/**
 * Opens the work file at `path`, or begins it; what was made with other settings is thrown away.
 * @throws {NerError} `usage` if another process is building there; `unreadable-input` if the file is damaged or cannot be made; what `onOther`
 * throws.
 */
export function openWorkFile(path: string, settings: WorkSettings): WorkFile {
  const database = begin(path, settings);
  const has = database.prepare('SELECT 1 FROM worked WHERE key = ? AND unread IS NULL');
  const read = database.prepare('SELECT spans, vectors, unread FROM worked WHERE key = ?');
  const write = database.prepare('INSERT OR REPLACE INTO worked (key, spans, vectors, unread) VALUES (?, ?, ?, ?)');
  return {
    has: (key) => has.get(key) !== undefined,
    read(key) {
      const row = read.get(key) as Row | undefined; // the columns are strict
      return row === undefined ? undefined : workedOut(row);
    },
    write(key, { spans, vectors, unread }) {
      const flat = spans.flatMap(({ start, end }) => [start, end]);
      write.run(key, JSON.stringify(flat), bytesOf(vectors), unread ?? null);
    },
    commit: () => database.exec('COMMIT; BEGIN IMMEDIATE'),
    [Symbol.dispose]() {
      if (database.isTransaction) database.exec('COMMIT');
      database.close();
    },
  };
}

function begin(path: string, { settings, onOther }: WorkSettings): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE');
    database.exec('CREATE TABLE IF NOT EXISTS settings (value TEXT NOT NULL) STRICT');
    const known = database.prepare('SELECT value FROM settings').get()?.['value'];
    if (known !== settings) {
      if (known !== undefined) onOther(String(known));
      database.exec('DROP TABLE IF EXISTS worked; DELETE FROM settings');
      database.prepare('INSERT INTO settings VALUES (?)').run(settings);
    }
    database.exec(
      'CREATE TABLE IF NOT EXISTS worked (key TEXT PRIMARY KEY, spans TEXT NOT NULL, vectors BLOB NOT NULL, unread TEXT) STRICT, WITHOUT ROWID',
    );
    database.exec('COMMIT; BEGIN IMMEDIATE');
    return database;
  } catch (cause) {
    database.close();
    if (cause instanceof NerError) throw cause;
    if (cause instanceof Error && /locked|busy/i.test(cause.message)) {
      throw usageError(`Another process is building an index in ${path}. Wait for it, or stop it.`);
    }
    throw new NerError(
      `${path}, where a build keeps what it has done, cannot be used: ${cause instanceof Error ? cause.message : String(cause)}. If it is there, delete it and run \`el4ner index\` again; else check that its directory can be written to.`,
      { code: 'unreadable-input', path },
      { cause },
    );
  }
}

interface Row {
  readonly spans: string;
  readonly vectors: Uint8Array;
  readonly unread: string | null;
}

function workedOut({ spans: json, vectors: bytes, unread }: Row): WorkedOut {
  const flat = JSON.parse(json) as number[]; // `write` put it there
  const spans = Array.from({ length: flat.length / 2 }, (_, index) => ({ start: flat[2 * index] ?? 0, end: flat[2 * index + 1] ?? 0 }));
  const all = new Float32Array(bytes.slice().buffer);
  const dimensions = all.length / (spans.length + 1);
  const vectors = Array.from({ length: spans.length + 1 }, (_, index) => all.subarray(index * dimensions, (index + 1) * dimensions));
  return { spans, vectors, ...(unread === null ? {} : { unread }) };
}

function bytesOf(vectors: readonly Float32Array[]): Uint8Array {
  return Buffer.concat(vectors.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)));
}
