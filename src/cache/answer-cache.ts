import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
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
  /** Where the file cannot be read any more, that is told once and nothing is found. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Keeps an answer; where that cannot be done, as on a full disk, it is told once and nothing is kept any more. */
  put(key: Uint8Array, answer: Uint8Array): void;
  /** @throws {NerError} `unreadable-input` if the file cannot be read. */
  stats(): CacheStats;
  /**
   * @returns how many answers there were.
   * @throws {NerError} `unreadable-input` if the file cannot be read or written.
   */
  clear(): number;
}

export interface AnswerCacheOptions {
  /** Where the file grows beyond, answers that were not used for the longest time are removed. Default 1 GiB. */
  readonly mostBytes?: number;
  /** Is told once why answers cannot be kept, and once why they cannot be read. */
  readonly onTrouble?: (reason: string) => void;
}

/** Says in the file whose it is: `el4n`. */
const applicationId = 0x65_6c_34_6e;
const schemaVersion = 1;
/** Another process may write for so long, in milliseconds, before writing is given up. */
const patience = 10_000;
/** How exactly the time of the last use is known, in seconds: a hit writes nothing more often. */
const usedAccuracy = 3600;
/** Answers between looks at the size of the file, which is also looked at first and last, and the share that is removed where it is too large. */
const [lookEvery, removedShare] = [64, 0.1];

/**
 * Opens a cache, and makes it where there is none: one SQLite file with a write-ahead log.
 * @throws {NerError} `unreadable-input` if the file is none of a cache or cannot be made.
 */
export function openAnswerCache(path: string, { mostBytes = 2 ** 30, onTrouble }: AnswerCacheOptions = {}): AnswerCache {
  const { database, find, use, keep } = open(path);
  let untilLook = lookEvery;
  let isClosed = false;
  const tell = (consequence: string) => (error: unknown) => onTrouble?.(`${path} cannot be ${consequence}: ${messageOf(error)}.`);
  // A cache that cannot be written is still good for reading.
  const read = untilItFails(tell('read, so that models are asked'));
  const write = untilItFails(tell('written, so that answers are not kept'));
  const look = () => {
    untilLook = lookEvery;
    shrink(database, mostBytes);
  };
  write(look);
  return {
    get(key) {
      const row = isClosed ? undefined : read(() => find.get(key));
      if (row === undefined) return undefined;
      const now = seconds();
      if (now - Number(row['used']) > usedAccuracy) write(() => use.run(now, key));
      const answer = row['answer'];
      return answer instanceof Uint8Array ? answer : undefined;
    },
    put(key, answer) {
      if (isClosed) return;
      write(() => {
        keep.run(key, answer, seconds());
        if (--untilLook <= 0) look();
      });
    },
    stats: () => sound(path, () => ({ path, answers: count(database), bytes: bytesOf(database), mostBytes })),
    clear: () => sound(path, () => clear(database)),
    [Symbol.dispose]() {
      if (isClosed) return;
      if (untilLook < lookEvery) write(look);
      isClosed = true;
      database.close();
    },
  };
}

/** Does things for as long as none has failed; the first failure is told. */
function untilItFails(tell: (error: unknown) => void): <T>(act: () => T) => T | undefined {
  let hasFailed = false;
  return (act) => {
    if (hasFailed) return undefined;
    try {
      return act();
    } catch (error) {
      hasFailed = true;
      tell(error);
      return undefined;
    }
  };
}

function open(path: string) {
  let database: DatabaseSync | undefined;
  try {
    makeDirectory(dirname(path));
    makeOwnFile(path);
    database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${patience}`);
    if (!isCache(database)) make(database);
    // A lost last answer costs a call; a damaged file would cost them all.
    database.exec('PRAGMA synchronous = NORMAL');
    return {
      database,
      find: database.prepare('SELECT answer, used FROM answers WHERE key = ?'),
      use: database.prepare('UPDATE answers SET used = ? WHERE key = ?'),
      keep: database.prepare('INSERT OR REPLACE INTO answers (key, answer, used) VALUES (?, ?, ?)'),
    };
  } catch (cause) {
    database?.close();
    throw unusable(path, cause);
  }
}

/** Node's own `mkdirSync` with `recursive` never ends where a file system has no room for directories of one's own, such as Linux's `/proc`. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 }); // it will hold texts, which are nobody else's
  } catch (error) {
    if (!existsSync(path)) throw error; // another process may have made it just now
  }
}

/** A new file that others cannot read; one that is there keeps its permissions. SQLite gives those of the database to its log. */
function makeOwnFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
}

/**
 * Whether it is a cache already; an empty database is to become one.
 * @throws if it is something else, which nothing may be written to.
 */
function isCache(database: DatabaseSync): boolean {
  // One statement, so that another process that is making the cache has done all of it or nothing.
  const facts = database.prepare(`
    SELECT application_id AS application, user_version AS version, (SELECT group_concat(name, ', ') FROM sqlite_schema WHERE type = 'table') AS tables
    FROM pragma_application_id, pragma_user_version`);
  const { application, version, tables } = facts.get() ?? {};
  if (application === 0 && version === 0 && tables === null) return false;
  if (application !== applicationId)
    throw new Error(`it is a database of something else${tables === null ? '' : `, with the tables ${tables}`}`);
  if (version !== schemaVersion) throw new Error(`it is of version ${version}; expected ${schemaVersion}`);
  return true;
}

function make(database: DatabaseSync): void {
  database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL');
  database.exec(`
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer BLOB NOT NULL, used INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS by_use ON answers (used);
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${schemaVersion};
    COMMIT`);
}

/** What `act` gives; what it throws says what was found, and what to do. */
function sound<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw unusable(path, cause);
  }
}

function unusable(path: string, cause: unknown): NerError {
  const isBusy = cause instanceof Error && 'errcode' in cause && cause.errcode === busy;
  const advice = isBusy ? 'Another process is writing to it; try again.' : 'Remove it if nothing else needs it, or name another file.';
  return new NerError(`${path} cannot be used as a cache: ${messageOf(cause)}. ${advice}`, { code: 'unreadable-input', path }, { cause });
}

/** SQLite's number for a file that others have locked. */
const busy = 5;

/** Removes the answers that were not used for the longest time, as long as there is too much. */
function shrink(database: DatabaseSync, mostBytes: number): void {
  while (bytesOf(database) > mostBytes) {
    const answers = count(database);
    if (answers === 0) return;
    database
      .prepare('DELETE FROM answers WHERE key IN (SELECT key FROM answers ORDER BY used LIMIT ?)')
      .run(Math.ceil(answers * removedShare));
    database.exec('PRAGMA incremental_vacuum');
  }
}

function clear(database: DatabaseSync): number {
  const answers = count(database);
  database.exec('DELETE FROM answers');
  database.exec('VACUUM');
  return answers;
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
