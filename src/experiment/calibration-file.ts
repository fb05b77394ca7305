import { appendFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { NerError } from '../error.ts';
import type { Calibration, ObservedSentence } from '../pipeline/observation.ts';
import { hashOf } from './manifest.ts';
import { parseStored } from './stored-json.ts';

const identitySchema = z.object({
  format: z.literal('el4ner-calibration'),
  version: z.literal(1),
  /** The file of the index' sentences, whose name stands for them. */
  sentences: z.string(),
  /** In the order of the ensemble: URIs, dialects, and hashes of the files that models were loaded from. */
  members: z.array(z.object({ id: z.string(), dialect: z.string(), sha256: z.string().exactOptional() })),
  types: z.array(z.string()),
  /** A hash of the types with their definitions, which prompts show. */
  inventory: z.string(),
  /** Demonstrations for each sentence. */
  k: z.number(),
});

/** What a calibration is of: another one says nothing of this ensemble. */
export type CalibrationIdentity = z.infer<typeof identitySchema>;

const probability = z.number().min(0).max(1).exactOptional();
/** As it is: types may be called what objects have already, such as `__proto__`, which a record of zod leaves out. */
const probabilities = z.custom<Readonly<Record<string, number>>>(
  (value) => typeof value === 'object' && value !== null && Object.values(value).every((share) => typeof share === 'number'),
  'expected a probability for each type',
);
const sentenceSchema: z.ZodType<ObservedSentence> = z.object({
  id: z.string(),
  spans: z.array(
    z.object({
      proposals: z.array(z.object({ modelId: z.string(), probability })),
      votes: z.array(z.object({ modelId: z.string(), choice: z.string(), probability, probabilities: probabilities.exactOptional() })),
      verdicts: z.array(z.object({ modelId: z.string(), type: z.string(), accepted: z.boolean(), probability })),
      gold: z.array(z.string()),
    }),
  ),
  gold: z.array(z.string()),
});

/** The last line of a calibration that went through. */
const endSchema = z.object({ complete: z.literal(true) });

/** The observations of a calibration on disk, one a line, so that one that is broken off goes on. */
export interface CalibrationFile {
  readonly observed: ReadonlyMap<string, ObservedSentence>;
  append(sentence: ObservedSentence): Promise<void>;
  /** Says that all was asked that was to be asked. */
  complete(): Promise<void>;
}

/** What a calibration on disk is of, and what it holds. */
export interface StoredCalibration {
  readonly identity: CalibrationIdentity;
  readonly calibration: Calibration;
  /** Whether all was asked that was to be asked. */
  readonly isComplete: boolean;
}

/** Each ensemble, and each way to ask it, has a file of its own, so that none is lost for another. */
const fileName = /^calibration-[0-9a-f]{16}\.ndjson$/;

function pathOf(directory: string, identity: CalibrationIdentity): string {
  return join(directory, `calibration-${hashOf(identity).slice(0, 16)}.ndjson`);
}

/**
 * The calibrations in the directory of an index, the one last written to first.
 * @throws {NerError} `unreadable-input` if one is damaged or of another version of the form.
 */
export async function readCalibrations(directory: string): Promise<readonly StoredCalibration[]> {
  const names = (await readdir(directory)).filter((name) => fileName.test(name));
  const dated = await Promise.all(names.map(async (name) => ({ name, date: (await stat(join(directory, name))).mtimeMs })));
  const found: StoredCalibration[] = [];
  for (const { name } of dated.sort((a, b) => b.date - a.date)) {
    const stored = await read(join(directory, name));
    if (stored !== undefined) found.push(stored);
  }
  return found;
}

/** A last line that was cut off while it was written does not count; of a sentence that two processes asked about the last answer does. */
async function read(path: string): Promise<StoredCalibration | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new NerError(`${path} cannot be read.`, { code: 'unreadable-input', path }, { cause: error });
  });
  const [first, ...rest] = wholeLines(text);
  if (first === undefined) return undefined;
  const damaged = (line: number) => (problem: string, cause: unknown) =>
    new NerError(
      `${path}:${line} cannot be used (${problem}). Delete the file and run \`el4ner calibrate\` again.`,
      { code: 'unreadable-input', path, line },
      { cause },
    );
  const identity = parseStored(first, identitySchema, damaged(1));
  const observed = new Map<string, ObservedSentence>();
  let isComplete = false;
  for (const [at, line] of rest.entries()) {
    const entry = parseStored(line, z.union([endSchema, sentenceSchema]), damaged(at + 2));
    if ('complete' in entry) isComplete = true;
    else observed.set(entry.id, entry);
  }
  const members = identity.members.map(({ id }) => id);
  return { identity, calibration: { members, types: identity.types, sentences: [...observed.values()] }, isComplete };
}

function wholeLines(text: string): readonly string[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}

/**
 * Opens the calibration of an ensemble to add to it, or begins it.
 * @throws {NerError} as {@link readCalibrations}.
 */
export async function openCalibrationFile(directory: string, identity: CalibrationIdentity): Promise<CalibrationFile> {
  const path = pathOf(directory, identity);
  const before = await read(path);
  const observed = new Map((before?.calibration.sentences ?? []).map((sentence) => [sentence.id, sentence]));
  const add = (value: unknown) => appendFile(path, `${JSON.stringify(value)}\n`);
  if (before === undefined) await writeFile(path, `${JSON.stringify(identity)}\n`);
  // Takes off what was cut off.
  else
    await truncate(
      path,
      Buffer.byteLength(
        wholeLines(await readFile(path, 'utf8'))
          .map((line) => `${line}\n`)
          .join(''),
      ),
    );
  return {
    observed,
    async append(sentence) {
      observed.set(sentence.id, sentence);
      await add(sentence);
    },
    complete: () => add({ complete: true }),
  };
}
