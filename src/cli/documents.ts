import { access, constants } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { jsonRows } from '../dataset/json-rows.ts';
import { decodeUtf8, readTextFile, unreadableFile } from '../dataset/text-file.ts';
import { NerError } from '../error.ts';
import type { Terminal } from './terminal.ts';

/** A text to find entities in. */
interface InputDocument {
  readonly id: string;
  readonly text: string;
}

/** What the user gave to work on. */
export interface DocumentSource {
  /** Whether the documents are a list, however many it has: more than one text or file, or a file of JSON Lines. */
  readonly several: boolean;
  /** Rows of JSON Lines are read as they are asked for. */
  readonly documents: AsyncIterable<InputDocument>;
}

const documentRow = z.object({ id: z.union([z.string(), z.number().transform(String)]).optional(), text: z.string() });

/**
 * Finds the documents of a command line. Each text is one, called by its position from 1; `-`, or nothing at all, is the standard
 * input as one; a file is one, called by its name, or one a line if it is of JSON Lines (`.jsonl`, `.ndjson`).
 * @throws {NerError} `usage` if there is nothing to work on; `unreadable-input` for a file that is missing, empty or not UTF-8.
 * @throws `signal.reason` once the terminal's signal is aborted.
 */
export async function openDocuments(texts: readonly string[], files: readonly string[], terminal: Terminal): Promise<DocumentSource> {
  const { stdin } = terminal;
  if (texts.length === 0 && files.length === 0 && stdin.isTTY === true) {
    throw new NerError('There is no text. Give one as an argument, a file with --file, or pipe one in.', { code: 'usage' });
  }
  if (texts.filter((text) => text === '-').length > 1) {
    throw new NerError('"-" was given twice; the standard input is one document.', { code: 'usage' });
  }
  const asked = texts.length === 0 && files.length === 0 ? ['-'] : texts;
  const parts: (InputDocument | AsyncIterable<InputDocument>)[] = [];
  for (const [index, text] of asked.entries()) {
    parts.push(text === '-' ? await readStandardInput(terminal) : { id: String(index + 1), text });
  }
  for (const path of files) parts.push(isJsonLines(path) ? await documentsOfRows(path) : await documentOfFile(path));
  return { several: parts.length > 1 || files.some(isJsonLines), documents: inOrder(parts) };
}

function isJsonLines(path: string): boolean {
  return ['.jsonl', '.ndjson'].includes(extname(path).toLowerCase());
}

async function* inOrder(parts: readonly (InputDocument | AsyncIterable<InputDocument>)[]): AsyncGenerator<InputDocument> {
  for (const part of parts) {
    if (Symbol.asyncIterator in part) yield* part;
    else yield part;
  }
}

const expectedFile = 'a text in UTF-8, or JSON Lines (.jsonl)';

async function documentOfFile(path: string): Promise<InputDocument> {
  const text = await readTextFile(path, expectedFile);
  if (text === '') throw new NerError(`${path} is empty; expected ${expectedFile}.`, { code: 'unreadable-input', path });
  return { id: basename(path), text };
}

/** Rejects at once where there is no such file, before models are loaded for it. */
async function documentsOfRows(path: string): Promise<AsyncIterable<InputDocument>> {
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw unreadableFile(path, expectedFile, cause);
  });
  return (async function* () {
    const rows = jsonRows(documentRow, { path, expected: '{"id"?: …, "text": …}' });
    for await (const { name, value } of rows) yield { id: value.id ?? name, text: value.text };
  })();
}

async function readStandardInput({ stdin, signal }: Terminal): Promise<InputDocument> {
  signal.throwIfAborted();
  try {
    return { id: 'stdin', text: decodeUtf8(await buffer(addAbortSignal(signal, stdin)), 'standard input') };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
