import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { detectFormat } from '../dataset/detect-format.ts';
import type { DatasetFormatName } from '../dataset/format.ts';
import { jsonRows, rowId } from '../dataset/json-rows.ts';
import { readSamples } from '../dataset/read-samples.ts';
import type { Report } from '../dataset/report.ts';
import { unreadableFile } from '../dataset/text-file.ts';
import { NerError } from '../error.ts';
import type { CorpusDocument } from './run-corpus.ts';

/** What a run works on. */
export interface Corpus {
  readonly format: DatasetFormatName;
  /** SHA-256 of all its bytes, in hexadecimal. */
  readonly sha256: string;
  /** Of formats with a document a line, how many lines it has: at least as many as documents. */
  readonly lines: number | undefined;
  /** Its documents from the first, read as they are asked for. */
  documents(): AsyncIterable<CorpusDocument>;
}

const expected = 'a corpus in any format of "el4ner convert"';
/** Formats that have a document on each line. */
const byLine: readonly DatasetFormatName[] = ['jsonl', 'text', 'doccano', 'hf'];
const documentRow = z.object({ id: rowId.optional(), text: z.string() });
const lineFeed = 10;

/**
 * Reads a corpus once, to know it again.
 * @throws {NerError} `unreadable-input` if there is nothing, or if its format is not clear; from the documents, for a bad row unless the report
 * takes such rows.
 */
export async function openCorpus(path: string, given: DatasetFormatName | undefined, report: Report): Promise<Corpus> {
  const format = given ?? (await formatOf(path));
  const hash = createHash('sha256');
  let lines = 0;
  let last = lineFeed;
  const files = await filesAt(path);
  const before = versionOf(files);
  for (const file of files) {
    hash.update(`${file.slice(path.length)}\0`);
    for await (const bytes of bytesOf(file)) {
      hash.update(bytes);
      for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) lines++;
      last = bytes.at(-1) ?? last;
    }
  }
  const read = () => (format === 'jsonl' ? rowsOf(path, report) : readSamples(path, { from: format, report }));
  const isSame = () => versionOf(files) === before;
  return {
    format,
    sha256: hash.digest('hex'),
    lines: byLine.includes(format) ? lines + (last === lineFeed ? 0 : 1) : undefined,
    documents: () => unchanged(path, read(), files.length === 1 ? isSame : () => true, isSame),
  };
}

async function* bytesOf(file: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk; // of a stream without an encoding: bytes
  } catch (cause) {
    throw unreadableFile(file, expected, cause);
  }
}

/** Sizes and times of files, as one string. */
function versionOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { size: -1, mtimeMs: 0 };
      return `${size}@${mtimeMs}`;
    })
    .join();
}

/** The documents, as long as their files are what they were. */
async function* unchanged(
  path: string,
  documents: AsyncIterable<CorpusDocument>,
  isSameYet: () => boolean,
  isSame: () => boolean,
): AsyncGenerator<CorpusDocument, void, undefined> {
  const check = (isSame: boolean): void => {
    if (isSame) return;
    const message = `${path} has changed since the run began. Put back what it was, and the same command with --resume goes on; or begin anew with another --out.`;
    throw new NerError(message, { code: 'unreadable-input', path });
  };
  for await (const document of documents) {
    check(isSameYet());
    yield document;
  }
  check(isSame());
}

/** Rows with a text are documents, whether they have labels or not. */
async function* rowsOf(path: string, { badRow }: Report): AsyncGenerator<CorpusDocument, void, undefined> {
  for await (const { name, value } of jsonRows(documentRow, { path, expected: '{"id"?: …, "text": …}', badRow }))
    yield { id: value.id ?? name, text: value.text };
}

async function formatOf(path: string): Promise<DatasetFormatName> {
  return /\.(jsonl|ndjson)$/i.test(path) ? 'jsonl' : detectFormat(path);
}

/** The file, or all files of a directory in the order of their paths. */
async function filesAt(path: string): Promise<readonly string[]> {
  try {
    const found = await stat(path);
    if (found.isFile()) return [path];
    if (found.isDirectory()) {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .sort();
    }
  } catch (cause) {
    throw unreadableFile(path, expected, cause);
  }
  throw new NerError(`${path} is neither a file nor a directory; expected ${expected}.`, { code: 'unreadable-input', path });
}
