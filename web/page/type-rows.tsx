import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { hueClass } from '../text/hue.ts';
import type { TypeRow } from './settings.ts';

interface TypeRowsProps {
  /** As the user gave them, or as they are without. */
  readonly rows: readonly TypeRow[];
  readonly isAutomatic: boolean;
  readonly fault: string | undefined;
  readonly onChange: (rows: readonly TypeRow[] | undefined) => void;
}

/** The types to look for, with what they mean. */
export function TypeRows({ rows, isAutomatic, fault, onChange }: TypeRowsProps) {
  const id = useId();
  const { list, add } = useAdding(rows, onChange);
  // As they are asked for, so that colours are those of the text.
  const names = rows.map(({ name }) => name.trim()).filter((name) => name !== '');
  return (
    <fieldset aria-describedby={`${id}-note`}>
      <legend>Types</legend>
      <ul class="type-rows" ref={list}>
        {rows.map((row, at) => (
          <Row
            row={row}
            at={at}
            names={names}
            onChange={(changed) => onChange(rows.with(at, { ...row, ...changed }))}
            onRemove={() => onChange(rows.length === 1 ? undefined : rows.toSpliced(at, 1))}
            key={at}
          />
        ))}
      </ul>
      <p class="buttons">
        <button type="button" onClick={add}>
          Add a type
        </button>
        {!isAutomatic && (
          <button type="button" class="quiet-button" onClick={() => onChange(undefined)}>
            Reset
          </button>
        )}
      </p>
      <p id={`${id}-note`} class="quiet">
        {isAutomatic ? 'Those of the pool, or the usual ones. ' : 'These are looked for whatever the pool; Reset takes those of the pool. '}
        {fault !== undefined && <span class="field-problem">{fault}</span>}
      </p>
    </fieldset>
  );
}

/** Adds a row without a name, which is to be written at once. */
function useAdding(rows: readonly TypeRow[], onChange: TypeRowsProps['onChange']) {
  const list = useRef<HTMLUListElement>(null);
  const isAdding = useRef(false);
  useLayoutEffect(() => {
    if (isAdding.current) list.current?.querySelector<HTMLElement>('li:last-child input')?.focus();
    isAdding.current = false;
  }, [rows.length]);
  const add = (): void => {
    isAdding.current = true;
    onChange([...rows, { name: '', definition: '' }]);
  };
  return { list, add };
}

interface RowProps {
  readonly row: TypeRow;
  readonly at: number;
  readonly names: readonly string[];
  readonly onChange: (row: Partial<TypeRow>) => void;
  readonly onRemove: () => void;
}

function Row({ row: { name, definition }, at, names, onChange, onRemove }: RowProps) {
  return (
    <li>
      <span class={`swatch ${hueClass(name.trim(), names)}`} />
      <input
        aria-label={`Name of type ${at + 1}`}
        value={name}
        dir="auto"
        onInput={({ currentTarget }) => onChange({ name: currentTarget.value })}
      />
      <button type="button" class="quiet-button" aria-label={`Remove the type ${name}`} onClick={onRemove}>
        ✕
      </button>
      <input
        class="definition"
        aria-label={`Definition of ${name === '' ? `type ${at + 1}` : name}`}
        placeholder="What counts as one? (optional)"
        value={definition}
        dir="auto"
        onInput={({ currentTarget }) => onChange({ definition: currentTarget.value })}
      />
    </li>
  );
}
