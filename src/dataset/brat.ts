import { basename, join } from 'node:path';
import { type OffsetConverter, offsetConverter } from '../document/offsets.ts';
import type { Span } from '../document/span.ts';
import { NerError } from '../error.ts';
import { changedIds, distinctNames } from './distinct-names.ts';
import type { OutputFile, ReadSettings, WriteSettings } from './format.ts';
import { takeBadRow } from './report.ts';
import { entitiesIn, type Sample, type SampleEntity, sameWords } from './sample.ts';
import { isDirectory, textFilesIn } from './text.ts';
import { readTextFile } from './text-file.ts';

const expectedAnnotations = 'brat annotations of the text beside it (--skip-bad leaves out a text that has none)';

/**
 * Documents in brat's standoff format: a `.txt` with its mentions in the `.ann` beside it, or a directory of such pairs, called by their
 * path without extension. Offsets are in code points; a byte order mark at the start of a text is one. A mention in pieces is one span if only white space lies between them, as brat
 * cuts mentions at line ends; else the settings say what becomes of it. Annotations of other kinds are left out and reported.
 * @param path - a directory, or one of a pair.
 * @throws {NerError} `unreadable-input`, with the line of the `.ann`, also where a mention's own text is not that of its span.
 */
export async function* readBrat(path: string, settings: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  const isCollection = await isDirectory(path);
  const names = isCollection ? await textFilesIn(path) : [path];
  for (const name of names) {
    const stem = name.replace(/\.(?:txt|ann)$/, '');
    const file = isCollection ? join(path, stem) : stem;
    try {
      const text = await readTextFile(`${file}.txt`, 'a text in UTF-8', 'kept');
      const annotations = await readTextFile(`${file}.ann`, expectedAnnotations);
      yield { id: isCollection ? stem : basename(stem), text, entities: entitiesOf(text, annotations, `${file}.ann`, settings) };
    } catch (error) {
      takeBadRow(error, settings.report.badRow);
    }
  }
}

function entitiesOf(text: string, annotations: string, path: string, settings: ReadSettings): readonly SampleEntity[] {
  const { report } = settings;
  const { toUtf16 } = offsetConverter(text);
  const mentions = annotations.split(/\r?\n/).flatMap((content, index) => {
    if (content.trim() === '') return [];
    if (!content.startsWith('T')) {
      report.count('annotations that are no mentions (relations, events, attributes, notes), left out');
      return [];
    }
    try {
      return mentionOf({ text, toUtf16 }, content, settings);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      takeBadRow(badLine(path, index + 1, cause), report.badRow);
      return [];
    }
  });
  return entitiesIn(text, mentions, 'utf16');
}

function badLine(path: string, line: number, cause: RangeError): NerError {
  const message = `${path}:${line} cannot be read. ${cause.message} Expected T1, a tab, a type, start and end in code points, a tab and their text.`;
  return new NerError(message, { code: 'unreadable-input', path, line }, { cause });
}

const mentionLine = /^T\S*\t(?<type>\S+) (?<offsets>\d+ \d+(?:;\d+ \d+)*)(?:\t(?<own>.*))?$/s;

type AnnotatedText = Pick<OffsetConverter, 'toUtf16'> & { readonly text: string };

/** @throws {RangeError} for a line that makes no sense; its message is a sentence. */
function mentionOf({ text, toUtf16 }: AnnotatedText, line: string, { discontinuous, report }: ReadSettings): readonly SampleEntity[] {
  const { type = '', offsets = '', own } = mentionLine.exec(line)?.groups ?? {};
  if (type === '') throw new RangeError('It is no mention.');
  const pieces = offsets.split(';').map((piece): Span => {
    const [start = 0, end = 0] = piece.split(' ').map((offset) => toUtf16(Number(offset)));
    if (start >= end) throw new RangeError(`A mention from ${start} to ${end} is empty.`);
    return { start, end };
  });
  const found = pieces.map(({ start, end }) => text.slice(start, end)).join(' ');
  if (own !== undefined && !sameWords(found, own)) throw new RangeError(`Its span holds "${found}" and not "${own}".`);
  pieces.sort((a, b) => a.start - b.start);
  const whole = { start: pieces[0]?.start ?? 0, end: pieces.at(-1)?.end ?? 0, type };
  const hasGap = pieces.some(({ start }, index) => index > 0 && text.slice(pieces[index - 1]?.end, start).trim() !== '');
  if (hasGap) report.count(discontinuous === 'flatten' ? 'discontinuous mentions, made whole' : 'discontinuous mentions, left out');
  return hasGap && discontinuous === 'refuse' ? [] : [whole];
}

/**
 * For each sample a text and its mentions, called by its id with `_` for what a file's name should not have, and with a number where the
 * name is taken; reports ids that change so. A mention across line ends is cut there, as brat does.
 */
export async function* writeBrat(samples: AsyncIterable<Sample>, { report }: WriteSettings): AsyncGenerator<OutputFile, void, undefined> {
  // Some file systems take names for the same whatever their case.
  const distinct = distinctNames((name) => name.toLowerCase());
  for await (const { id, isUnnamed, text, entities } of samples) {
    const stem = distinct(fileName(id));
    if (stem !== id && !isUnnamed) report.count(changedIds);
    const { toCodePoint } = offsetConverter(text);
    const lines = entities.map((entity, index) => {
      const pieces = piecesOf(text, entity);
      const offsets = pieces.map(({ start, end }) => `${toCodePoint(start)} ${toCodePoint(end)}`).join(';');
      const own = pieces.map(({ start, end }) => text.slice(start, end).replace(/[\r\n]/g, ' ')).join(' ');
      const type = entity.type.replace(/\s+/g, '_');
      if (type !== entity.type) report.count('mentions whose type is written with _ in place of white space');
      return `T${index + 1}\t${type} ${offsets}\t${own}\n`;
    });
    yield { name: `${stem}.txt`, content: text };
    yield { name: `${stem}.ann`, content: lines.join('') };
  }
}

/** The lines of a mention; all of it as one if it begins or ends with a line break, which no piece could. */
function piecesOf(text: string, { start, end }: Span): readonly Span[] {
  const mention = text.slice(start, end);
  if (/^[\r\n]|[\r\n]$/.test(mention)) return [{ start, end }];
  return Array.from(mention.matchAll(/[^\r\n]+/g), ({ 0: line, index }) => ({ start: start + index, end: start + index + line.length }));
}

/** In bytes; file systems allow 255, and a number and an extension are to follow. */
const longestName = 200;

function fileName(id: string): string {
  const allowed = id.replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '_').replace(/^\.+/, '_');
  const cut = Buffer.from(allowed).subarray(0, longestName).toString('utf8');
  return cut.replace(/\ufffd+$/, '') || '_';
}
