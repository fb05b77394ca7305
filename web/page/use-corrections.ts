import { type Span, sameSpan } from '../../src/document/span.ts';
import { type Edit, withEdit } from '../correct/edits.ts';
import type { ShownMention } from '../text/shown-mention.ts';
import { foundIn, type Happening, mentionsOf, type WorkDocument } from './workspace.ts';

/** Ways to correct a document. */
export interface Correcting {
  /** The span, or the mention there that is of this type by now, is of another type, or, without one, no mention. */
  say(span: Span & Pick<ShownMention, 'type'>, type: string | undefined): void;
  move(mention: ShownMention, to: Span): void;
  undo(edit: Edit): void;
}

/** Corrects the document that is shown. */
export function useCorrections(document: WorkDocument, tell: (happening: Happening) => void): Correcting {
  const { edits } = document;
  const edited = (edit: Edit): void => tell({ kind: 'edited', edits: withEdit(edits, edit, foundIn(document)) });
  return {
    say(span, type) {
      const here = mentionsOf(document).filter((mention) => sameSpan(mention, span));
      const from = here.find((mention) => mention.type === span.type) ?? here[0];
      edited({ from, to: type === undefined ? undefined : { start: span.start, end: span.end, type } });
    },
    move({ start, end, type }, to) {
      if (type !== undefined) edited({ from: { start, end, type }, to: { start: to.start, end: to.end, type } });
    },
    undo: (edit) => tell({ kind: 'edited', edits: edits.filter((other) => other !== edit) }),
  };
}
