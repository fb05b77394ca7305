import { useId } from 'preact/hooks';
import { FilterBar } from '../filter/filter-bar.tsx';
import type { View } from './report-data.ts';

interface ControlsProps {
  readonly view: View;
  readonly counts: ReadonlyMap<string, number>;
  readonly types: readonly string[];
  readonly rejected: number | undefined;
  readonly shown: number;
  readonly documents: number;
  readonly onChange: (view: View) => void;
}

/** What decides on what is shown of a report. */
export function Controls({ view, counts, types, rejected, shown, documents, onChange }: ControlsProps) {
  const id = useId();
  return (
    <>
      <div class="search">
        <label for={id}>Search</label>
        <input
          id={id}
          type="search"
          dir="auto"
          value={view.search}
          onInput={({ currentTarget }) => onChange({ ...view, search: currentTarget.value })}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={view.onlyMarked}
            onChange={({ currentTarget }) => onChange({ ...view, onlyMarked: currentTarget.checked })}
          />
          Only texts with something marked
        </label>
        <span role="status" class="quiet">
          {shown === documents ? `${documents} texts` : `${shown} of ${documents} texts`}
        </span>
      </div>
      <FilterBar
        filter={view.filter}
        counts={counts}
        types={types}
        rejected={rejected}
        onChange={(filter) => onChange({ ...view, filter })}
      />
    </>
  );
}
