import { useId } from 'preact/hooks';
import { hueClass } from '../text/hue.ts';
import { type Filter, toggled } from './filter.ts';

interface FilterBarProps {
  readonly filter: Filter;
  readonly counts: ReadonlyMap<string, number>;
  readonly types: readonly string[];
  /** How many were rejected; `undefined` where the results have no trace, and nobody knows. */
  readonly rejected: number | undefined;
  readonly onChange: (filter: Filter) => void;
}

/** The legend, which is a filter, too: types, the least score, and what was rejected. */
export function FilterBar({ filter, counts, types, rejected, onChange }: FilterBarProps) {
  const id = useId();
  return (
    <fieldset class="filters">
      <legend class="hidden">Show</legend>
      {Array.from(counts, ([type, count]) => (
        <button
          type="button"
          class={`chip ${hueClass(type, types)}`}
          aria-pressed={!filter.hidden.includes(type)}
          onClick={() => onChange(toggled(filter, type))}
          key={type}
        >
          <bdi>{type}</bdi> <span class="count">{count}</span>
        </button>
      ))}
      <span class="slider">
        <label for={`${id}-score`}>Score from</label>
        <input
          id={`${id}-score`}
          type="range"
          min="0"
          max="1"
          step="0.05"
          value={filter.minScore}
          onInput={({ currentTarget }) => onChange({ ...filter, minScore: Number(currentTarget.value) })}
        />
        <output for={`${id}-score`}>{filter.minScore.toFixed(2)}</output>
      </span>
      {rejected !== undefined && (
        <label class="check">
          <input
            type="checkbox"
            checked={filter.rejected}
            onChange={({ currentTarget }) => onChange({ ...filter, rejected: currentTarget.checked })}
          />
          Rejected <span class="count">{rejected}</span>
        </label>
      )}
    </fieldset>
  );
}
