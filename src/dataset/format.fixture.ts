import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { NerError } from '../error.ts';
import { defaultReadSettings, defaultWriteSettings, type Reader, type ReadSettings, type Writer, type WriteSettings } from './format.ts';
import type { Report } from './report.ts';
import type { Sample } from './sample.ts';

/** What readers and writers told. */
export interface Told {
  readonly notes: string[];
  readonly counts: Record<string, number>;
  readonly badRows: NerError[];
}

/** A report that keeps what it is told. */
export function keepingReport({ skipBad }: { readonly skipBad: boolean }): { readonly report: Report; readonly told: Told } {
  const told: Told = { notes: [], counts: {}, badRows: [] };
  const report: Report = {
    note: (line) => void told.notes.push(line),
    count: (what) => {
      told.counts[what] = (told.counts[what] ?? 0) + 1;
    },
    badRow: skipBad ? (error) => void told.badRows.push(error) : undefined,
  };
  return { report, told };
}

/** A directory for the tests of a file, removed after them. */
export function scratchDirectory(name: string): {
  path(file: string): string;
  write(file: string, content: string | Uint8Array): Promise<string>;
} {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), `el4ner-${name}-`));
  });
  after(() => rm(directory, { recursive: true }));
  const path = (file: string): string => join(directory, file);
  return {
    path,
    async write(file, content) {
      await writeFile(path(file), content);
      return path(file);
    },
  };
}

/** What a reader makes of a file, and what it tells. */
export async function reading(
  reader: Reader,
  path: string,
  { skipBad = false, ...settings }: Partial<ReadSettings> & { readonly skipBad?: boolean } = {},
): Promise<{ readonly samples: readonly Sample[]; readonly told: Told }> {
  const { report, told } = keepingReport({ skipBad });
  return { samples: await Array.fromAsync(reader(path, { ...defaultReadSettings, ...settings, report })), told };
}

/** What a writer makes of samples, and what it tells. */
export async function writing(
  writer: Writer,
  samples: readonly Sample[],
  settings: Partial<WriteSettings> = {},
): Promise<{ readonly content: string; readonly told: Told }> {
  const { report, told } = keepingReport({ skipBad: false });
  const pieces = await Array.fromAsync(writer(arriving(samples), { ...defaultWriteSettings, ...settings, report }));
  return { content: pieces.join(''), told };
}

export async function* arriving<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* items;
}
