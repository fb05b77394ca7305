import { DatabaseSync } from 'node:sqlite';
import type { LabelledSentence, TypedSpan } from '../../document/labelled.ts';
import type { Span } from '../../document/span.ts';

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

/** Opens a file that `writeSentenceFile` wrote; any number of processes may at once. */
export function openSentenceFile(path: string): SentenceFile {
  const database = new DatabaseSync(path, { readOnly: true });
  const at = database.prepare('SELECT key, id, text, entities, spans FROM sentence WHERE place = ?');
  return {
    at(place) {
      const row = at.get(place) as Row | undefined; // the columns are strict
      if (row === undefined) throw new RangeError(`The index has no sentence ${place}.`);
      return storedSentence(row);
    },
    keys: () =>
      database
        .prepare('SELECT key FROM sentence ORDER BY place')
        .all()
        .map(({ key }) => String(key)),
    firstSpans() {
      const { first_spans: bytes } = database.prepare('SELECT first_spans FROM layout').get() as { first_spans: Uint8Array }; // a BLOB, of the only row
      return new Uint32Array(bytes.slice().buffer);
    },
    labels: () =>
      database
        .prepare('SELECT type, sentences, mentions FROM label ORDER BY type')
        .all()
        .map(({ type, sentences, mentions }) => ({ type: String(type), sentences: Number(sentences), mentions: Number(mentions) })),
    [Symbol.dispose]: () => database.close(),
  };
}

interface Row {
  readonly key: string;
  readonly id: string;
  readonly text: string;
  readonly entities: string;
  readonly spans: string;
}

function storedSentence({ key, id, text, entities, spans }: Row): StoredSentence {
  // `writeSentenceFile` put these there.
  const triples = JSON.parse(entities) as [number, number, string][];
  const flat = JSON.parse(spans) as number[];
  return {
    key,
    sentence: { id, text, entities: triples.map(([start, end, type]) => ({ start, end, type })) },
    spans: Array.from({ length: flat.length / 2 }, (_, index) => ({ start: flat[2 * index] ?? 0, end: flat[2 * index + 1] ?? 0 })),
  };
}
