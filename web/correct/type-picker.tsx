import { useId, useState } from 'preact/hooks';
import { hueClass } from '../text/hue.ts';
import { typeNamed } from './type-name.ts';

interface TypePickerProps {
  /** What is to be typed, for those who do not see it. */
  readonly label: string;
  readonly types: readonly string[];
  readonly current?: string | undefined;
  readonly isDisabled?: boolean;
  /** Whether digits pick types, so that each is told its own. */
  readonly withKeys?: boolean;
  readonly onPick: (type: string) => void;
}

/** The types as buttons, and room for a new one. */
export function TypePicker({ label, types, current, isDisabled = false, withKeys = false, onPick }: TypePickerProps) {
  const id = useId();
  const [other, setOther] = useState('');
  const named = typeNamed(other, types);
  const pickOther = (): void => {
    if (named === undefined || isDisabled) return;
    onPick(named);
    setOther('');
  };
  return (
    <fieldset class="type-picker">
      <legend>{label}</legend>
      {types.map((type, at) => (
        <button
          type="button"
          class={`chip ${hueClass(type, types)}`}
          aria-pressed={type === current}
          disabled={isDisabled}
          onClick={() => onPick(type)}
          key={type}
        >
          <bdi>{type}</bdi> {withKeys && at < 9 && <kbd>{at + 1}</kbd>}
        </button>
      ))}
      <span class="other">
        <label class="hidden" for={id}>
          Another type
        </label>
        <input
          id={id}
          placeholder="another type"
          value={other}
          aria-invalid={named === undefined && other.trim() !== ''}
          dir="auto"
          onInput={({ currentTarget }) => setOther(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            pickOther();
          }}
        />
        <button type="button" disabled={named === undefined || isDisabled} onClick={pickOther}>
          Set
        </button>
      </span>
      {named === undefined && other.trim() !== '' && <p class="field-problem">“{other.trim()}” stands for no type: take another name.</p>}
    </fieldset>
  );
}
