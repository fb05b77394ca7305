import type { Span } from '../../src/document/span.ts';
import type { LabelledBody } from '../../src/server/schemas.ts';
import { AddMention } from '../correct/add-mention.tsx';
import { Corrections } from '../correct/corrections.tsx';
import type { Edit } from '../correct/edits.ts';
import type { Filter } from '../filter/filter.ts';
import { FilterBar } from '../filter/filter-bar.tsx';
import { ResultNotes } from '../story/result-notes.tsx';
import { MarkedText } from '../text/marked-text.tsx';
import type { ShownMention } from '../text/shown-mention.ts';
import type { SaveTarget } from './save-target.ts';
import type { shownOf } from './shown.ts';
import { isKnown, mentionsOf, type WorkDocument } from './workspace.ts';

interface ReadingProps {
  readonly document: WorkDocument;
  readonly shown: ReturnType<typeof shownOf>;
  readonly filter: Filter;
  readonly selected: string | undefined;
  readonly marked: Span | undefined;
  readonly saving: {
    readonly sentences: readonly LabelledBody[];
    readonly target: SaveTarget;
    readonly isSaving: boolean;
  };
  readonly onFilter: (filter: Filter) => void;
  readonly onSelect: (mention: ShownMention) => void;
  readonly onMark: (span: Span) => void;
  readonly onSay: (span: Span, type: string | undefined) => void;
  readonly onUndo: (edit: Edit) => void;
  readonly onSave: () => void;
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
          <Corrections
            text={text}
            mentions={mentionsOf(document)}
            edits={document.edits}
            types={shown.types}
            sentences={saving.sentences}
            pool={saving.target.name}
            note={saving.target.note}
            isSaving={saving.isSaving}
            onUndo={on.onUndo}
            onSave={on.onSave}
          />
        </section>
      )}
    </div>
  );
}
