import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { NerError } from '../error.ts';
import type { ReadSettings } from './format.ts';
import { takeBadRow } from './report.ts';
import { type Sample, sampleName } from './sample.ts';
import { fileBlocks, lineBlocks, notUtf8, readTextFile, unreadableFile } from './text-file.ts';

const expected = 'a text in UTF-8';

/**
 * Plain texts without mentions: each line of a file that is not blank is one, without white space at its end, called by file and line;
 * each `*.txt` of a directory and of those in it is one, called by its path without `.txt`.
 * @throws {NerError} `unreadable-input`
 */
export async function* readText(path: string, { report }: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  if (await isDirectory(path)) {
    for (const name of await textFilesIn(path)) {
      yield { id: name.replace(/\.txt$/, ''), text: await readTextFile(join(path, name), expected), entities: [] };
    }
    return;
  }
  for await (const block of lineBlocks(fileBlocks(path, expected))) {
    for (const [index, text] of block.texts.entries()) {
      const line = block.line + index;
      if (text === undefined) takeBadRow(notUtf8(path, line), report.badRow);
      else if (text.trim() !== '') yield { ...sampleName(undefined, `${basename(path)}:${line}`), text: text.trimEnd(), entities: [] };
    }
  }
}

/** @throws {NerError} `unreadable-input` if there is nothing. */
export async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw unreadableFile(path, 'a data set', cause);
  }
}

/**
 * The `*.txt` of a directory and of the directories in it, in the order of their paths, which are relative to it.
 * @throws {NerError} `unreadable-input` if there are none.
 */
export async function textFilesIn(path: string): Promise<readonly string[]> {
  const names = (await readdir(path, { recursive: true })).filter((name) => name.endsWith('.txt')).sort();
  if (names.length === 0)
    throw new NerError(`The directory ${path} has no *.txt; expected ${expected}.`, { code: 'unreadable-input', path });
  return names;
}
