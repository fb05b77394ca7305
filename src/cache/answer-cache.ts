import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NerError } from '../error.ts';

/** What a cache holds. */
interface CacheStats {
  readonly path: string;
  readonly answers: number;
  /** Of the file, without its log. */
  readonly bytes: number;
  readonly mostBytes: number;
}

/** Answers by keys, in one file that several processes may use at once. */
export interface AnswerCache extends Disposable {
  get(key: Uint8Array): Uint8Array | undefined;
  /** Keeps an answer; where that cannot be done, as on a full disk, it is told once and nothing is kept any more. */
  put(key: Uint8Array, answer: Uint8Array): void;
  stats(): CacheStats;
  /** @returns how many answers there were. */
  clear(): number;
}

export interface AnswerCacheOptions {
  /** Where the file grows beyond, answers that were not used for the longest time are removed. Default 1 GiB. */
  readonly mostBytes?: number;
  /** Is told once why answers cannot be kept. */
  readonly onTrouble?: (reason: string) => void;
}

const schemaVersion = 1;
/** Another process may write for so long, in milliseconds, before writing is given up. */
const patience = 10_000;
/** How exactly the time of the last use is known, in seconds: a hit writes nothing more often. */
const usedAccuracy = 3600;
/** Answers between looks at the size of the file, and the share that is removed where it is too large. */
const [lookEvery, removedShare] = [64, 0.1];

/**
 * Opens a cache, and makes it where there is none: one SQLite file with a write-ahead log.
 * @throws {NerError} `unreadable-input` if the file is none of a cache, `usage` if it cannot be made.
 */
export function openAnswerCache(path: string, { mostBytes = 2 ** 30, onTrouble }: AnswerCacheOptions = {}): AnswerCache {
  const database = open(path);
  const find = database.prepare('SELECT answer, used FROM answers WHERE key = ?');
  const use = database.prepare('UPDATE answers SET used = ? WHERE key = ?');
  const keep = database.prepare('INSERT OR REPLACE INTO answers (key, answer, used) VALUES (?, ?, ?)');
  let untilLook = lookEvery;
  let isClosed = false;
  let isWritable = true;
  /** A cache that cannot be written is still good for reading. */
  const write = (change: () => void) => {
    if (!isWritable) return;
    try {
      change();
    } catch (error) {
      isWritable = false;
      onTrouble?.(`${path} cannot be written, so that answers are not kept: ${messageOf(error)}.`);
    }
  };
  return {
    get(key) {
      const row = find.get(key);
      if (row === undefined) return undefined;
      const now = seconds();
      if (now - Number(row['used']) > usedAccuracy) write(() => use.run(now, key));
      const answer = row['answer'];
      return answer instanceof Uint8Array ? answer : undefined;
    },
    put(key, answer) {
      write(() => {
        keep.run(key, answer, seconds());
        if (--untilLook > 0) return;
        untilLook = lookEvery;
        shrink(database, mostBytes);
      });
    },
    stats: () => ({ path, answers: count(database), bytes: bytesOf(database), mostBytes }),
    clear() {
      const answers = count(database);
      database.exec('DELETE FROM answers');
      database.exec('VACUUM');
      return answers;
    },
    [Symbol.dispose]() {
      if (!isClosed) database.close();
      isClosed = true;
    },
  };
}

function open(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${patience}`);
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version !== 0 && version !== schemaVersion) throw new Error(`it is of version ${version}; expected ${schemaVersion}`);
    // A lost last answer costs a call; a damaged file would cost them all.
    database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec('CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer BLOB NOT NULL, used INTEGER NOT NULL)');
    database.exec('CREATE INDEX IF NOT EXISTS by_use ON answers (used)');
    database.exec(`PRAGMA user_version = ${schemaVersion}`);
    return database;
  } catch (cause) {
    database?.close();
    throw unusable(path, cause);
  }
}

function unusable(path: string, cause: unknown): NerError {
  const message = `${path} cannot be used as a cache: ${messageOf(cause)}. Remove it, or name another file.`;
  return new NerError(message, { code: 'unreadable-input', path }, { cause });
}

/** Removes the answers that were not used for the longest time, as long as there is too much. */
function shrink(database: DatabaseSync, mostBytes: number): void {
  const remove = database.prepare('DELETE FROM answers WHERE key IN (SELECT key FROM answers ORDER BY used LIMIT ?)');
  for (let answers = count(database); answers > 0 && bytesOf(database) > mostBytes; answers = count(database)) {
    remove.run(Math.ceil(answers * removedShare));
    database.exec('PRAGMA incremental_vacuum');
  }
}

function count(database: DatabaseSync): number {
  return Number(database.prepare('SELECT count(*) AS answers FROM answers').get()?.['answers']);
}

function bytesOf(database: DatabaseSync): number {
  const pragma = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  return pragma('page_count') * pragma('page_size');
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
