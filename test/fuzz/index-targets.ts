import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { buildIndex } from '../../src/pool/index/build-index.ts';
import { openIndex } from '../../src/pool/index/open-index.ts';
import { madeUpOptions, madeUpPool } from '../../src/pool/index/pool.fixture.ts';
import type { Target } from './target.ts';

/** A target for each file of an index; one more for each that its manifest's checksum is made to fit, as an enemy would. */
export async function indexTargets(directory: string): Promise<readonly Target[]> {
  await mkdir(directory, { recursive: true });
  await buildIndex(madeUpPool(60), directory, madeUpOptions(), new AbortController().signal);
  const names = await readdir(directory);
  const target = async (file: string, isFitted: boolean): Promise<Target> => ({
    name: `index ${file.replace(/-?[0-9a-f]{8,}/, '')}${isFitted ? ' with its checksum' : ''}`,
    seeds: [await readFile(join(directory, file))],
    refusalNames: basename(directory),
    async read(bytes, scratch) {
      const copy = join(scratch, basename(directory));
      await cp(directory, copy, { recursive: true });
      await writeFile(join(copy, file), bytes);
      if (isFitted) await fit(copy, file, bytes);
      using index = await openIndex(copy);
      index.keys();
      index.labels();
      for (const place of [0, index.size - 1]) if (place >= 0 && place < index.size) index.at(place);
      await index.trainedTagger?.();
    },
  });
  const files = names.filter((name) => name !== 'index.json');
  return Promise.all([...names.map((name) => target(name, false)), ...files.map((name) => target(name, true))]);
}

async function fit(directory: string, file: string, bytes: Buffer): Promise<void> {
  const path = join(directory, 'index.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  for (const stored of Object.values<{ name: string; bytes: number; crc32: number }>(manifest.files)) {
    if (stored.name === file) Object.assign(stored, { bytes: bytes.length, crc32: crc32(bytes) });
  }
  await writeFile(path, JSON.stringify(manifest));
}
