import { type Piece, piecesOf } from '../../document/pieces.ts';
import type { Entity } from '../../pipeline/recognition.ts';
import type { FailedResult, Result } from '../../pipeline/result.ts';
import { escaped } from '../markup.ts';

/** A document as those see it whose browser runs no script: its text with its entities. */
export function staticDocument(result: Result | FailedResult, classOf: (type: string) => string): string {
  const { id, text } = result;
  const entities = 'entities' in result ? result.entities : [];
  const failed = 'error' in result ? `\n<p class="problem"><strong>This text failed.</strong> ${escaped(result.error.message)}</p>` : '';
  const marked = marks(piecesOf(text, entities), classOf);
  return `<h2>${escaped(id)}</h2>\n<div class="static-text" dir="auto" lang="">${marked}</div>${failed}`;
}

function marks(pieces: readonly Piece<Entity>[], classOf: (type: string) => string): string {
  const rendered = pieces.map((piece) => {
    if (typeof piece === 'string') return escaped(piece);
    const { span, contents, isLast } = piece;
    const tag = isLast ? `<small class="tag">${escaped(span.type)}</small>` : '';
    return `<mark class="mention ${classOf(span.type)}">${marks(contents, classOf)}${tag}</mark>`;
  });
  return rendered.join('');
}
