import { useCallback } from 'preact/hooks';
import type { Span } from '../../src/document/span.ts';
import { type Edits, withEdit, withMoved } from '../correct/edits.ts';
import type { ShownMention } from '../text/shown-mention.ts';
import { foundIn, type Happening, type WorkDocument } from './workspace.ts';

/** Ways to correct a document. */
export interface Correcting {
  /** The span is of this type, or, without one, no mention. */
  say(span: Span, type: string | undefined): void;
  move(mention: ShownMention, to: Span): void;
}

/** Corrects the document that is shown. */
export function useCorrections(document: WorkDocument, tell: (happening: Happening) => void): Correcting {
  const edited = useCallback((edits: Edits) => tell({ kind: 'edited', edits }), [tell]);
  const found = foundIn(document);
  return {
    say: ({ start, end }, type) => edited(withEdit(document.edits, { start, end, type }, found)),
    move(mention, to) {
      const { type } = mention;
      if (type === undefined || (to.start === mention.start && to.end === mention.end)) return;
      edited(withMoved(document.edits, { from: mention, to, type }, found));
    },
  };
}
