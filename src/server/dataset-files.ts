import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, sep } from 'node:path';
import { detectFormat } from '../dataset/detect-format.ts';
import { type DatasetFormatName, defaultWriteSettings, type OutputFile } from '../dataset/format.ts';
import { datasetFormats } from '../dataset/formats.ts';
import { readSamples } from '../dataset/read-samples.ts';
import type { Report } from '../dataset/report.ts';
import type { Sample } from '../dataset/sample.ts';
import { withoutScores } from '../dataset/without-scores.ts';
import { NerError, usageError } from '../error.ts';
import type { ReadRequest, SampleBody, WriteRequest } from './dataset-schemas.ts';
import { ProblemError } from './problem.ts';

/** What becomes of data, as lines. */
function createNotes(): Report & { lines(): readonly string[] } {
  const notes: string[] = [];
  const counts = new Map<string, number>();
  return {
    note: (line) => void notes.push(line),
    count: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    lines: () => [...notes, ...Array.from(counts, ([what, count]) => `${what}: ${count}`)],
  };
}

/**
 * Reads a data set that came as the content of files; they lie on the disk, under names of ours, only while they are read.
 * @throws {ProblemError} `unreadable-input` for what is no data set.
 * @throws {NerError} `usage` for names that come twice.
 */
export async function readDataset({ files, from }: ReadRequest): Promise<{
  readonly format: DatasetFormatName;
  readonly samples: readonly SampleBody[];
  readonly notes: readonly string[];
}> {
  await using cleanup = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), 'el4ner-'));
  cleanup.defer(() => rm(root, { recursive: true }));
  const folder = join(root, 'folder');
  await mkdir(folder);
  const names = ownNames(files.map(({ name }) => name));
  for (const [at, { content }] of files.entries()) await writeFile(join(folder, names[at]?.own ?? ''), content, { flag: 'wx' });
  const [only] = names.length === 1 ? names : [];
  const path = only === undefined ? folder : join(folder, only.own);
  const told = (line: string): string => withGivenNames(line.replaceAll(`${folder}${sep}`, '').replaceAll(folder, 'the folder'), names);
  const report = createNotes();
  try {
    const format = from ?? (await detectFormat(path));
    const samples = await Array.fromAsync(readSamples(path, { from: format, report }), sampleBody);
    return { format, samples: samples.map((sample) => ({ ...sample, id: told(sample.id) })), notes: report.lines().map(told) };
  } catch (error) {
    if (!(error instanceof NerError)) throw error;
    throw new ProblemError(422, told(error.message), { code: 'unreadable-input' });
  }
}

interface NamedFile {
  readonly given: string;
  readonly own: string;
}

/** A line with the names that files came with, in place of ours; also without their endings, as samples are called. */
function withGivenNames(line: string, names: readonly NamedFile[]): string {
  const given = new Map(names.flatMap(({ own, given }) => [[own, given] as const, [stemOf(own), stemOf(given)] as const]));
  return line.replace(/file-\d{4,}(?:\.[a-z\d]+)?/g, (name) => given.get(name) ?? name);
}

function stemOf(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

/** Names for files of a temporary folder: those that belong together by their name still do, and no name leads out of it. */
function ownNames(given: readonly string[]): readonly NamedFile[] {
  const stems = new Map<string, string>();
  const own = given.map((name) => {
    const ending = /^\.[a-z\d]{1,10}$/.exec(extname(name).toLowerCase())?.[0] ?? '';
    const stem = name.slice(0, name.length - ending.length);
    const known = stems.get(stem) ?? `file-${String(stems.size + 1).padStart(4, '0')}`;
    stems.set(stem, known);
    return { given: name, own: `${known}${ending}` };
  });
  if (new Set(own.map(({ own }) => own)).size < own.length)
    throw usageError('Two files have the same name. Send them one after the other.');
  return own;
}

function sampleBody({ id, text, entities }: Sample): SampleBody {
  const labelled = entities.map(({ start, end, type, score }) => ({ start, end, type, ...(score === undefined ? {} : { score }) }));
  return { id, text, entities: labelled };
}

const endings: Partial<Record<DatasetFormatName, string>> = { conll: '.conll', pubtator: '.pubtator', jsonl: '.jsonl' };

/**
 * Writes samples as the files of a format.
 * @throws {NerError} `usage` for what the format has no room for.
 */
export async function writeDataset({ samples, to, name }: WriteRequest): Promise<{
  readonly files: readonly OutputFile[];
  readonly notes: readonly string[];
}> {
  const report = createNotes();
  const settings = { ...defaultWriteSettings, report };
  const format = datasetFormats[to];
  if (format.output === 'none') throw usageError(`The format ${to} can only be read.`);
  const arriving = arrive(samples);
  const written = format.keepsScores ? arriving : withoutScores(arriving, report);
  if (format.output === 'directory') {
    const files = await Array.fromAsync(format.write(written, settings));
    return { files, notes: report.lines() };
  }
  const content = (await Array.fromAsync(format.write(written, settings))).join('');
  const ending = endings[to] ?? (content.startsWith('{') ? '.jsonl' : '.json');
  return { files: [{ name: `${name}${to in endings ? '' : `.${to}`}${ending}`, content }], notes: report.lines() };
}

/** @throws {NerError} `usage` for an entity that is not in its text. */
async function* arrive(samples: readonly SampleBody[]): AsyncGenerator<Sample, void, undefined> {
  for (const { id, text, entities } of samples) {
    const bad = entities.find(({ start, end }) => start < 0 || start >= end || end > text.length);
    if (bad !== undefined) throw usageError(`${id} has an entity from ${bad.start} to ${bad.end}; expected a span of its text.`);
    const sorted = entities.toSorted((a, b) => a.start - b.start || b.end - a.end);
    yield { id, text, entities: sorted.map(({ score, ...entity }) => (score === undefined ? entity : { ...entity, score })) };
  }
}
