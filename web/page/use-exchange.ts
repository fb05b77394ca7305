import type { SampleBody, WriteRequest } from '../../src/server/dataset-schemas.ts';
import type { Client } from '../api/client.ts';
import { unreadable } from '../api/problem.ts';
import { download } from '../exchange/download.ts';
import { groupFiles } from '../exchange/file-groups.ts';
import { plainRows } from '../exchange/plain-rows.ts';
import { problemIn } from './use-server.ts';
import { type Happening, mentionsOf, type WorkDocument } from './workspace.ts';

/** What goes in and out. Each way says in a line what came of it, and whether it worked. */
export function useExchange(client: Client, tell: (happening: Happening) => void, note: (line: string) => void) {
  /** @param work - gives the lines that tell what came of it. */
  async function attempt(work: () => Promise<readonly string[]>): Promise<boolean> {
    try {
      note((await work()).join(' '));
      tell({ kind: 'problem', problem: undefined });
      return true;
    } catch (error) {
      tell({ kind: 'problem', problem: problemIn(error) });
      return false;
    }
  }
  return {
    importFiles: (files: readonly File[]) =>
      attempt(async () => {
        const { samples, notes } = await samplesOf(files, client);
        tell({ kind: 'imported', samples });
        return [`${samples.length} ${samples.length === 1 ? 'text' : 'texts'} imported.`, ...notes];
      }),
    importPool: (files: readonly File[]) =>
      attempt(async () => {
        const { samples, notes } = await samplesOf(files, client);
        const sentences = samples.map(({ text, entities }) => ({
          text,
          entities: entities.map(({ start, end, type }) => ({ start, end, type })),
        }));
        tell({ kind: 'pooled', sentences });
        return [`${samples.length} labelled ${samples.length === 1 ? 'sentence' : 'sentences'} put into the pool of this page.`, ...notes];
      }),
    exportSamples: (samples: readonly SampleBody[], to: WriteRequest['to'], name: string) =>
      attempt(async () => {
        const { files, notes } = await client.writeDataset({ samples: [...samples], to, name });
        download(files, name);
        return [`${samples.length} ${samples.length === 1 ? 'text' : 'texts'} exported.`, ...notes];
      }),
  };
}

/** The texts of files; those that are data sets are read by the server. */
async function samplesOf(
  files: readonly File[],
  client: Client,
): Promise<{ readonly samples: readonly SampleBody[]; readonly notes: readonly string[] }> {
  const samples: SampleBody[] = [];
  const notes: string[] = [];
  for (const group of groupFiles(files)) {
    const contents = await Promise.all(group.files.map(async (file) => ({ name: file.name, content: await contentOf(file) })));
    const texts = group.kind === 'texts' ? contents.map(({ name, content }) => ({ id: name, text: content })) : textsIn(contents);
    if (texts !== undefined) samples.push(...texts.map((text) => ({ ...text, entities: [] })));
    else {
      const read = await client.readDataset({ files: contents });
      samples.push(...read.samples);
      notes.push(...read.notes);
    }
  }
  return { samples, notes };
}

/** @throws {ServerProblem} if it is not UTF-8. */
async function contentOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(file.name);
  }
}

function textsIn([file, ...others]: readonly { readonly name: string; readonly content: string }[]): ReturnType<typeof plainRows> {
  if (file === undefined || others.length > 0 || !/\.(?:jsonl|ndjson)$/i.test(file.name)) return undefined;
  return plainRows(file.content, file.name);
}

/** Documents with their mentions as corrected, as data sets have them. */
export function samplesFrom(documents: readonly WorkDocument[]): readonly SampleBody[] {
  return documents.map((document) => ({
    id: document.id,
    text: document.text,
    entities: mentionsOf(document).map(({ start, end, type, score }) => ({ start, end, type, ...(score === undefined ? {} : { score }) })),
  }));
}
