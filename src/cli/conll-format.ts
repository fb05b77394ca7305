import { sentences } from '../document/sentences.ts';
import { bySpan, type Span } from '../document/span.ts';
import type { Entity } from '../pipeline/recognition.ts';
import type { Format } from './format.ts';

/**
 * CoNLL columns: a token, a tab and its IOB2 tag on each line, a blank line after each sentence. Tokens are words and marks by
 * Unicode Standard Annex 29, cut where an entity begins or ends. Where entities overlap, the outermost (the first of two that
 * cross) is kept and a note says how many were not.
 */
export const conllFormat: Format = async function* (results, { note }) {
  for await (const result of results) {
    if (result.status === 'failed') continue;
    const { id, text, entities } = result;
    const kept = outermost(entities);
    const left = entities.length - kept.length;
    if (left > 0) note(`document ${id}: entities inside or across others left out: ${left}; conll has room for the outermost only.`);
    for (const sentence of unbrokenSentences(text, kept)) yield `${tokens(text, sentence, kept).map(taggedLine).join('')}\n`;
  }
};

function outermost(entities: readonly Entity[]): readonly Entity[] {
  const kept: Entity[] = [];
  for (const entity of entities.toSorted(bySpan)) if (entity.start >= (kept.at(-1)?.end ?? 0)) kept.push(entity);
  return kept;
}

/** The sentences; those that an entity reaches across are one. */
function unbrokenSentences(text: string, entities: readonly Entity[]): readonly Span[] {
  const joined: Span[] = [];
  for (const sentence of sentences(text)) {
    const last = joined.at(-1);
    const isCut = last !== undefined && entities.some(({ start, end }) => start < last.end && end > sentence.start);
    if (isCut) joined.splice(-1, 1, { start: last.start, end: sentence.end });
    else joined.push(sentence);
  }
  return joined;
}

interface TaggedToken {
  readonly text: string;
  readonly tag: string;
}

const words = new Intl.Segmenter('und', { granularity: 'word' });

/** The tokens of a sentence, between and within its entities. */
function tokens(text: string, sentence: Span, entities: readonly Entity[]): readonly TaggedToken[] {
  const tagged: TaggedToken[] = [];
  let at = sentence.start;
  for (const { start, end, type } of entities.filter((entity) => entity.start >= sentence.start && entity.end <= sentence.end)) {
    const name = type.replace(/\s+/g, '_');
    tagged.push(...tokenTexts(text.slice(at, start)).map((token) => ({ text: token, tag: 'O' })));
    tagged.push(...tokenTexts(text.slice(start, end)).map((token, index) => ({ text: token, tag: `${index === 0 ? 'B' : 'I'}-${name}` })));
    at = end;
  }
  return [...tagged, ...tokenTexts(text.slice(at, sentence.end)).map((token) => ({ text: token, tag: 'O' }))];
}

function tokenTexts(text: string): readonly string[] {
  return Array.from(words.segment(text)).flatMap(({ segment }) => segment.match(/\S+/g) ?? []);
}

function taggedLine({ text, tag }: TaggedToken): string {
  return `${text}\t${tag}\n`;
}
