import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { LabelledSentence, TypedSpan } from '../../document/labelled.ts';
import type { Span } from '../../document/span.ts';
import { NerError } from '../../error.ts';
import { damagedIndex } from '../damaged-index.ts';

/** A sentence of an index with what stands for it in retrieval. */
export interface StoredSentence {
  /** Of its content and, where it matters, of how it was read; equal keys have equal spans and vectors. */
  readonly key: string;
  readonly sentence: LabelledSentence;
  readonly spans: readonly Span[];
}

/** What the labels of a pool say of a type. */
interface LabelCount {
  readonly type: string;
  readonly sentences: number;
  readonly mentions: number;
}

/** The sentences of an index, read one by one as they are asked for. */
export interface SentenceFile extends Disposable {
  at(place: number): StoredSentence;
  /** Keys in the order of the pool. */
  keys(): readonly string[];
  /** Where the spans of each sentence begin among all spans of the pool, and behind them how many there are: one more than sentences. */
  firstSpans(): Uint32Array;
  labels(): readonly LabelCount[];
}

const form = `
  CREATE TABLE sentence (place INTEGER PRIMARY KEY, key TEXT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL, entities TEXT NOT NULL, spans TEXT NOT NULL) STRICT;
  CREATE TABLE layout (first_spans BLOB NOT NULL) STRICT;
  CREATE TABLE label (type TEXT PRIMARY KEY, sentences INTEGER NOT NULL, mentions INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Writes the sentences in their order to a new file; the same sentences give the same bytes. */
export function writeSentenceFile(path: string, sentences: Iterable<StoredSentence>): void {
  const database = new DatabaseSync(path);
  try {
    // The file is not there for anybody until it is whole, so that there is nothing to go back to.
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
    database.exec(form);
    const insert = database.prepare('INSERT INTO sentence VALUES (?, ?, ?, ?, ?, ?)');
    const counts = new Map<string, LabelCount>();
    const firstSpans = [0];
    let place = 0;
    for (const { key, sentence, spans } of sentences) {
      const { id, text, entities } = sentence;
      const flat = spans.flatMap(({ start, end }) => [start, end]);
      insert.run(place++, key, id, text, JSON.stringify(entities.map(({ start, end, type }) => [start, end, type])), JSON.stringify(flat));
      countLabels(counts, entities);
      firstSpans.push((firstSpans.at(-1) ?? 0) + spans.length);
    }
    database.prepare('INSERT INTO layout VALUES (?)').run(new Uint8Array(Uint32Array.from(firstSpans).buffer));
    const label = database.prepare('INSERT INTO label VALUES (?, ?, ?)');
    for (const { type, sentences, mentions } of counts.values()) label.run(type, sentences, mentions);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

function countLabels(counts: Map<string, LabelCount>, entities: readonly TypedSpan[]): void {
  for (const [type, mentions] of Map.groupBy(entities, (entity) => entity.type)) {
    const before = counts.get(type) ?? { type, sentences: 0, mentions: 0 };
    counts.set(type, { type, sentences: before.sentences + 1, mentions: before.mentions + mentions.length });
  }
}

/**
 * Opens a file that `writeSentenceFile` wrote; any number of processes may at once.
 * @throws {NerError} `unreadable-input` for another file, here and in all that it returns: a checksum tells damage, and not that somebody made one up.
 */
export function openSentenceFile(path: string): SentenceFile {
  const sound = <T>(read: () => T): T => {
    try {
      return read();
    } catch (cause) {
      throw cause instanceof RangeError || cause instanceof NerError
        ? cause
        : damagedIndex(path, 'It does not hold sentences as it should', cause);
    }
  };
  const { database, at } = sound(() => {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      database.exec('PRAGMA trusted_schema = OFF'); // nothing that the file brings along is run
      return { database, at: database.prepare('SELECT key, id, text, entities, spans FROM sentence WHERE place = ?') };
    } catch (error) {
      database.close();
      throw error;
    }
  });
  const firstSpans = () =>
    sound(() => {
      const { first_spans: bytes } = layoutSchema.parse(database.prepare('SELECT first_spans FROM layout').get());
      return new Uint32Array(bytes.slice().buffer);
    });
  const all = (query: string) => sound(() => database.prepare(query).all());
  return {
    at: (place) =>
      sound(() => {
        const row = at.get(place);
        if (row !== undefined) return storedSentence(rowSchema.parse(row));
        if (place >= 0 && place < firstSpans().length - 1) throw damagedIndex(path, `It has no sentence ${place}`);
        throw new RangeError(`The index has no sentence ${place}.`);
      }),
    keys: () => all('SELECT key FROM sentence ORDER BY place').map(({ key }) => String(key)),
    firstSpans,
    labels: () =>
      all('SELECT type, sentences, mentions FROM label ORDER BY type').map(({ type, sentences, mentions }) => ({
        type: String(type),
        sentences: Number(sentences),
        mentions: Number(mentions),
      })),
    [Symbol.dispose]: () => database.close(),
  };
}

const layoutSchema = z.object({ first_spans: z.instanceof(Uint8Array).refine(({ length }) => length % 4 === 0) });
const rowSchema = z.object({ key: z.string(), id: z.string(), text: z.string(), entities: z.string(), spans: z.string() });
const triplesSchema = z.array(z.tuple([z.int(), z.int(), z.string()]));
const flatSchema = z.array(z.int());

function storedSentence({ key, id, text, entities, spans }: z.infer<typeof rowSchema>): StoredSentence {
  const triples = triplesSchema.parse(JSON.parse(entities));
  const flat = flatSchema.parse(JSON.parse(spans));
  return {
    key,
    sentence: { id, text, entities: triples.map(([start, end, type]) => ({ start, end, type })) },
    spans: Array.from({ length: flat.length / 2 }, (_, index) => ({ start: flat[2 * index] ?? 0, end: flat[2 * index + 1] ?? 0 })),
  };
}
