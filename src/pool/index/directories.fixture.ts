import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { NerError } from '../../error.ts';
import { buildIndex } from './build-index.ts';
import { openIndex } from './open-index.ts';
import { madeUpOptions, madeUpPool } from './pool.fixture.ts';

const { signal } = new AbortController();

/** Directories for a file of tests, which go when its tests are over. */
export function directories() {
  let scratch: string;
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'el4ner-index-'));
  });
  after(() => rm(scratch, { recursive: true }));
  let count = 0;
  const newDirectory = async (): Promise<string> => {
    const directory = join(scratch, String(count++));
    await mkdir(directory);
    return directory;
  };
  return {
    newDirectory,
    /** The directory of a new index of so many made-up sentences. */
    async built(size: number, options = madeUpOptions()): Promise<string> {
      const directory = await newDirectory();
      await buildIndex(madeUpPool(size), directory, options, signal);
      return directory;
    },
  };
}

/** The contents of a directory's files by their names. */
export async function bytesOf(directory: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(directory)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await readFile(join(directory, name))).toString('base64')])),
  );
}

/** Asserts that an index cannot be opened, for this reason. */
export async function refuses(directory: string, message: RegExp): Promise<void> {
  await assert.rejects(openIndex(directory), (error) => {
    assert.ok(error instanceof NerError && error.detail.code === 'unreadable-input', String(error));
    assert.match(error.message, message);
    return true;
  });
}
