import { readFile } from 'node:fs/promises';
import { NerError } from '../error.ts';

/** Vectors of the most frequent words of a language, in lower case. */
export interface WordVectors {
  readonly dimensions: number;
  /** The place of a word among all by falling frequency, from 0; `undefined` for a word that is not among them. */
  rank(word: string): number | undefined;
  /** Adds `weight` times the unit vector of the word of this rank to the first `dimensions` numbers of `target`. */
  addTo(target: Float32Array, rank: number, weight: number): void;
}

const newline = 0x0a;

/**
 * Reads a table that training/words/build.py wrote: a line of JSON, the words one a line, the vectors as signed bytes.
 * @throws {NerError} `unreadable-input` if the file is missing or is no such table.
 */
export async function readWordVectors(path: string): Promise<WordVectors> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new NerError(`${path} cannot be read; it is part of the package.`, { code: 'unreadable-input', path }, { cause });
  });
  const body = bytes.indexOf(newline) + 1;
  const { version, words, dimensions, scale } = headerOf(bytes.toString('utf8', 0, body), path);
  const vectorBytes = words * dimensions;
  const list = bytes
    .toString('utf8', body, bytes.length - vectorBytes)
    .split('\n')
    .slice(0, -1);
  if (version !== 1 || list.length !== words) {
    throw new NerError(
      `${path} is version ${version} and has ${list.length} words; expected version 1 and ${words}. Install the package anew.`,
      { code: 'unreadable-input', path },
    );
  }
  const ranks = new Map(list.map((word, rank) => [word, rank]));
  const vectors = new Int8Array(bytes.buffer, bytes.byteOffset + bytes.length - vectorBytes, vectorBytes);
  return {
    dimensions,
    rank: (word) => ranks.get(word),
    addTo(target, rank, weight) {
      const first = rank * dimensions;
      for (let at = 0; at < dimensions; at++) target[at] = (target[at] ?? 0) + (weight * (vectors[first + at] ?? 0)) / scale;
    },
  };
}

interface Header {
  readonly version: number;
  readonly words: number;
  readonly dimensions: number;
  readonly scale: number;
}

function headerOf(line: string, path: string): Header {
  try {
    return JSON.parse(line) as Header; // build.py wrote it; what is not so is told by the counts
  } catch (cause) {
    throw new NerError(`${path} is no table of word vectors. Install the package anew.`, { code: 'unreadable-input', path }, { cause });
  }
}
