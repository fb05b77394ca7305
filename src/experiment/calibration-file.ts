import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { NerError } from '../error.ts';
import type { Calibration, ObservedSentence } from '../pipeline/observation.ts';
import { parseStored } from './stored-json.ts';

const identitySchema = z.object({
  format: z.literal('el4ner-calibration'),
  version: z.literal(1),
  /** The file of the index' sentences, whose name stands for them. */
  sentences: z.string(),
  /** In the order of the ensemble: URIs, dialects, and hashes of the files that models were loaded from. */
  members: z.array(z.object({ id: z.string(), dialect: z.string(), sha256: z.string().exactOptional() })),
  types: z.array(z.string()),
  /** Demonstrations for each sentence. */
  k: z.number(),
});

/** What a calibration is of: another one says nothing of this ensemble. */
export type CalibrationIdentity = z.infer<typeof identitySchema>;

const probability = z.number().min(0).max(1).exactOptional();
const sentenceSchema: z.ZodType<ObservedSentence> = z.object({
  id: z.string(),
  spans: z.array(
    z.object({
      proposals: z.array(z.object({ modelId: z.string(), probability })),
      votes: z.array(
        z.object({ modelId: z.string(), choice: z.string(), probability, probabilities: z.record(z.string(), z.number()).exactOptional() }),
      ),
      verdicts: z.array(z.object({ modelId: z.string(), type: z.string(), accepted: z.boolean(), probability })),
      gold: z.array(z.string()),
    }),
  ),
  gold: z.array(z.string()),
});

/** The observations of a calibration on disk, one a line, so that one that is broken off goes on. */
export interface CalibrationFile {
  readonly observed: ReadonlyMap<string, ObservedSentence>;
  append(sentence: ObservedSentence): Promise<void>;
}

function pathIn(directory: string): string {
  return join(directory, 'calibration.ndjson');
}

/** What a calibration on disk is of, and what it holds. */
export interface StoredCalibration {
  readonly identity: CalibrationIdentity;
  readonly calibration: Calibration;
}

/**
 * The calibration in the directory of an index; `undefined` if there is none. A last line that was cut off while it was written does not count.
 * @throws {NerError} `unreadable-input` if it is damaged or of another version of the form.
 */
export async function readCalibration(directory: string): Promise<StoredCalibration | undefined> {
  const path = pathIn(directory);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new NerError(`${path} cannot be read.`, { code: 'unreadable-input', path }, { cause: error });
  });
  const [first, ...rest] = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  if (first === undefined) return undefined;
  const damaged = (line: number) => (problem: string, cause: unknown) =>
    new NerError(
      `${path}:${line} cannot be used (${problem}). Delete the file and run \`el4ner calibrate\` again.`,
      { code: 'unreadable-input', path, line },
      { cause },
    );
  const identity = parseStored(first, identitySchema, damaged(1));
  const sentences = rest.map((line, at) => parseStored(line, sentenceSchema, damaged(at + 2)));
  return { identity, calibration: { members: identity.members.map(({ id }) => id), types: identity.types, sentences } };
}

/**
 * Opens the calibration of an index to add to it. One of something else is replaced.
 * @throws {NerError} as {@link readCalibration}.
 */
export async function openCalibrationFile(directory: string, identity: CalibrationIdentity): Promise<CalibrationFile> {
  const path = pathIn(directory);
  const before = await readCalibration(directory);
  const isSame = JSON.stringify(before?.identity) === JSON.stringify(identity);
  const observed = new Map((isSame ? (before?.calibration.sentences ?? []) : []).map((sentence) => [sentence.id, sentence]));
  await writeFile(path, [identity, ...observed.values()].map((value) => `${JSON.stringify(value)}\n`).join(''));
  return {
    observed,
    async append(sentence) {
      observed.set(sentence.id, sentence);
      await appendFile(path, `${JSON.stringify(sentence)}\n`);
    },
  };
}
