import { usageError } from '../../error.ts';
import { type IndexSettings, readManifest } from './manifest.ts';

/**
 * Refuses to build where an index is whose spans or vectors are others, since nothing of it could be kept, and models may have worked on it for
 * hours. Another version of the models' files or of the chunker, and other types, are no other spans: an index is there to be kept up to date.
 * @throws {NerError} `usage`; `unreadable-input` if the index there is damaged.
 */
export async function checkReplacement(directory: string, asked: IndexSettings): Promise<void> {
  const manifest = await readManifest(directory);
  if (manifest === undefined || isAlike(manifest.settings, asked)) return;
  throw refusal(`${directory} holds an index`, manifest.settings, asked);
}

/**
 * Refuses likewise to throw away what models have found for a build that was broken off. What else such a build has is quickly made again.
 * @param path - of its file.
 * @throws {NerError} `usage`
 */
export function checkAbandonment(path: string, left: IndexSettings, asked: IndexSettings): void {
  if (left.candidateSpans !== 'models' || isAlike(left, asked)) return;
  throw refusal(`${path} holds what was worked out for an index`, left, asked);
}

function isAlike(there: IndexSettings, asked: IndexSettings): boolean {
  return flagsOf(there) === flagsOf(asked);
}

function refusal(what: string, there: IndexSettings, asked: IndexSettings): Error {
  return usageError(
    `${what} ${inWords(there)}, and asked for is one ${inWords(asked)}, for which nothing of it can be kept. Give ${flagsOf(there)} to go on with what is there, choose another --out, or add --replace to lose it.`,
  );
}

function inWords({ candidateSpans, models, embedder }: IndexSettings): string {
  const by = candidateSpans === 'models' ? `models (${models.map(({ id }) => id).join(', ')})` : candidateSpans;
  return `by ${by} with the embedder ${embedder}`;
}

/** What the command line is told for such an index. */
function flagsOf({ candidateSpans, models, embedder }: IndexSettings): string {
  const named = models.length === 0 ? [] : ['--models', models.map(({ id }) => id).join(',')];
  return ['--candidate-spans', candidateSpans, ...named, '--embedder', embedder].join(' ');
}
