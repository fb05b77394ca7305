import type { Span } from '../../src/document/span.ts';
import { AddMention } from '../correct/add-mention.tsx';
import { Corrections } from '../correct/corrections.tsx';
import type { Edit } from '../correct/edits.ts';
import type { Filter } from '../filter/filter.ts';
import { FilterBar } from '../filter/filter-bar.tsx';
import { ResultNotes } from '../story/result-notes.tsx';
import { MarkedText } from '../text/marked-text.tsx';
import type { ShownMention } from '../text/shown-mention.ts';
import type { Savable } from './savable.ts';
import type { SaveTarget } from './save-target.ts';
import { Saving } from './saving.tsx';
import type { shownOf } from './shown.ts';
import { isKnown, mentionsOf, type WorkDocument } from './workspace.ts';

interface ReadingProps {
  readonly document: WorkDocument;
  readonly shown: ReturnType<typeof shownOf>;
  readonly filter: Filter;
  readonly selected: string | undefined;
  readonly marked: Span | undefined;
  readonly saving: {
    readonly toSave: Savable;
    readonly target: SaveTarget;
    readonly isSaving: boolean;
  };
  readonly onFilter: (filter: Filter) => void;
  readonly onSelect: (mention: ShownMention) => void;
  readonly onMark: (span: Span) => void;
  readonly onSay: (span: Span, type: string | undefined) => void;
  readonly onUndo: (edit: Edit) => void;
  readonly onSave: (which: 'corrected' | 'others') => void;
}

/** A document with what was found in it, to be looked at and corrected. */
export function Reading({ document, shown, filter, selected, marked, saving, ...on }: ReadingProps) {
  const { text, result } = document;
  return (
    <div class="reading" tabIndex={-1} data-keys>
      <FilterBar filter={filter} counts={shown.counts} types={shown.types} rejected={shown.rejected} onChange={on.onFilter} />
      <MarkedText
        text={text}
        mentions={shown.mentions}
        types={shown.types}
        selected={selected}
        label={`The text ${document.id}`}
        onSelect={on.onSelect}
        onMark={on.onMark}
      />
      {result !== undefined && <ResultNotes result={result} hallucinations={shown.hallucinations} />}
      {isKnown(document) && (
        <section class="correcting" aria-labelledby="correcting">
          <h2 id="correcting">Correct it</h2>
          <AddMention text={text} types={shown.types} marked={marked} onAdd={on.onSay} key={document.id} />
          <div class="corrections">
            <Corrections
              text={text}
              mentions={mentionsOf(document)}
              edits={document.edits}
              saved={saving.toSave.savedEdits}
              onUndo={on.onUndo}
            />
            <Saving {...saving} types={shown.types} onSave={on.onSave} />
          </div>
        </section>
      )}
    </div>
  );
}
