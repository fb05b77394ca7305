import { NerError } from '../error.ts';
import { changedIds, distinctNames } from './distinct-names.ts';
import type { ReadSettings, WriteSettings } from './format.ts';
import { type Report, takeBadRow } from './report.ts';
import { entitiesIn, entityReader, inCodePoints, type Sample, type SampleEntity, sameWords } from './sample.ts';
import { fileBlocks, lineBlocks, notUtf8 } from './text-file.ts';

const expected =
  'PubTator: ID|t|title and ID|a|abstract, then a line for each mention: ID, start, end, text and type with tabs between them';
const titleLine = /^[^|\t]+\|t\|/;
const passageLine = /^(?<id>[^|\t]+)\|(?<kind>[ta])\|(?<text>.*)$/s;

/** Lines of one document. */
interface Block {
  readonly lines: readonly (string | undefined)[];
  /** Of the first, from 1. */
  readonly line: number;
}

/**
 * The documents of a PubTator file. Each begins with its title, whether or not there is a blank line before it. The text is the title, a line feed
 * and the abstract; without an abstract it is the title alone. Offsets are in code points. Relations and concept identifiers are left out and
 * reported. A bad line spoils its document.
 * @throws {NerError} `unreadable-input`, with the line, also where a mention's own text is not that of its span.
 */
export async function* readPubtator(path: string, { report }: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  let isEmpty = true;
  for await (const block of blocks(path)) {
    isEmpty = false;
    try {
      yield sampleOf(block, path, report);
    } catch (error) {
      takeBadRow(error, report.badRow);
    }
  }
  if (isEmpty) throw new NerError(`${path} is empty; expected ${expected}.`, { code: 'unreadable-input', path });
}

/** The runs of lines between blank ones and before titles. */
async function* blocks(path: string): AsyncGenerator<Block, void, undefined> {
  let lines: (string | undefined)[] = [];
  let next = 1;
  for await (const { line, texts } of lineBlocks(fileBlocks(path, 'a PubTator file'))) {
    next = line;
    for (const text of texts) {
      const content = text?.replace(/\r$/, '');
      const isTitle = content !== undefined && titleLine.test(content);
      if (lines.length > 0 && (content === '' || isTitle)) {
        yield { lines, line: next - lines.length };
        lines = [];
      }
      if (content !== '') lines.push(content);
      next++;
    }
  }
  if (lines.length > 0) yield { lines, line: next - lines.length };
}

function sampleOf({ lines, line }: Block, path: string, report: Report): Sample {
  const failed = (index: number, problem: string, cause?: unknown): NerError => {
    const place = { path, line: line + index };
    return new NerError(
      `${path}:${place.line} cannot be read. ${problem} Expected ${expected}.`,
      { code: 'unreadable-input', ...place },
      { cause },
    );
  };
  const contents = lines.map((content, index) => {
    if (content === undefined) throw notUtf8(path, line + index);
    return content;
  });
  const [title, abstract] = contents.slice(0, 2).map((content) => passageLine.exec(content)?.groups);
  if (title?.['kind'] !== 't') throw failed(0, 'It is no title.');
  const { id = '' } = title;
  if (abstract !== undefined && abstract['id'] !== id) throw failed(1, otherDocument(abstract['id'], id));
  const text = [title['text'], ...(abstract?.['text'] ? [abstract['text']] : [])].join('\n');
  const passages = abstract === undefined ? 1 : 2;
  const document = { id, text, read: entityReader(text, 'codepoint') };
  const mentions = contents.slice(passages).flatMap((content, index) => {
    try {
      return mentionOf(document, content, report);
    } catch (cause) {
      if (cause instanceof RangeError) throw failed(passages + index, cause.message, cause);
      throw cause;
    }
  });
  return { id, text, entities: entitiesIn(text, mentions, 'utf16') };
}

/** Identifiers that say that a mention has none. */
const noConcept = ['', '-', '-1'];

function otherDocument(found: string | undefined, id: string): string {
  return `It belongs to the document "${found}" and not to "${id}".`;
}

type Passages = Pick<Sample, 'id' | 'text'> & { readonly read: ReturnType<typeof entityReader> };

/** @throws {RangeError} for a line that makes no sense; its message is a sentence. */
function mentionOf({ id, text, read }: Passages, line: string, report: Report): readonly SampleEntity[] {
  const [document = '', start = '', end = '', own = '', type = '', concept = ''] = line.split('\t');
  const isMention = /^\d+$/.test(start) && /^\d+$/.test(end);
  if (!isMention && own === '') throw new RangeError('It is neither a mention nor a relation.');
  if (document !== id) throw new RangeError(otherDocument(document, id));
  if (!isMention) {
    report.count('relations, left out');
    return [];
  }
  if (type.trim() === '') throw new RangeError('It has no type.');
  const entity = read({ start: Number(start), end: Number(end), type });
  const found = text.slice(entity.start, entity.end);
  if (!sameWords(found, own)) throw new RangeError(`Its span holds "${found}" and not "${own}".`);
  if (!noConcept.includes(concept)) report.count('concept identifiers of mentions, left out');
  return [entity];
}

/**
 * Documents as {@link readPubtator} reads them: the title is the text to its first line feed, the abstract what follows. Other line breaks
 * become spaces; offsets stay. Ids have `_` for bars and white space, and a number where they are taken. What changes is reported.
 */
export async function* writePubtator(samples: AsyncIterable<Sample>, { report }: WriteSettings): AsyncGenerator<string, void, undefined> {
  const distinct = distinctNames((name) => name);
  for await (const { id: given, isUnnamed, text, entities } of samples) {
    const id = distinct(given.replace(/[|\s]+/g, '_') || '_');
    if (id !== given && !isUnnamed) report.count(changedIds);
    const { title, abstract } = passagesOf(text);
    if ((abstract === '' ? title : `${title}\n${abstract}`) !== text) report.count('texts whose white space is not kept');
    const mentions = inCodePoints<SampleEntity>(text, entities).map(({ start, end, type }, index) => {
      const { start: from, end: to } = entities[index] ?? { start: 0, end: 0 };
      return [id, start, end, text.slice(from, to).replace(/[\t\r\n]/g, ' '), type.replace(/\s+/g, ' '), '-'].join('\t');
    });
    yield `${[`${id}|t|${title}`, `${id}|a|${abstract}`, ...mentions].join('\n')}\n\n`;
  }
}

/** In place of each line break stands one character. */
function passagesOf(text: string): { readonly title: string; readonly abstract: string } {
  const end = text.indexOf('\n');
  const titleEnd = end === -1 || end === text.length - 1 ? text.length : end;
  const unbroken = text.replace(/[\r\n]/g, ' ');
  return { title: unbroken.slice(0, titleEnd), abstract: unbroken.slice(titleEnd + 1) };
}
