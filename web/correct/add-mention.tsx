import { useEffect, useId, useState } from 'preact/hooks';
import type { Span } from '../../src/document/span.ts';
import { occurrences } from './marking.ts';
import { TypePicker } from './type-picker.tsx';

interface AddMentionProps {
  readonly text: string;
  readonly types: readonly string[];
  /** What the user marked in the text last. */
  readonly marked: Span | undefined;
  readonly onAdd: (span: Span, type: string) => void;
}

/** Adds a mention: by marking its words in the text, or by writing them. */
export function AddMention({ text, types, marked, onAdd }: AddMentionProps) {
  const id = useId();
  const [words, setWords] = useState('');
  const [which, setWhich] = useState(0);
  useEffect(() => {
    if (marked === undefined) return;
    const chosen = text.slice(marked.start, marked.end);
    setWords(chosen);
    setWhich(
      Math.max(
        0,
        occurrences(text, chosen).findIndex(({ start }) => start === marked.start),
      ),
    );
  }, [marked, text]);
  const places = occurrences(text, words);
  // A place that overlaps the one before it is no occurrence of its own, and yet can be marked.
  const isMarked =
    marked !== undefined && text.slice(marked.start, marked.end) === words && !places.some(({ start }) => start === marked.start);
  const span = isMarked ? marked : (places[which] ?? places[0]);
  return (
    <div class="add-mention">
      <div class="field">
        <label for={id}>Words of a mention that is missing</label>
        <input
          id={id}
          lang=""
          dir="auto"
          placeholder="Select them in the text, or type them"
          value={words}
          aria-describedby={`${id}-where`}
          onInput={({ currentTarget }) => {
            setWords(currentTarget.value);
            setWhich(0);
          }}
        />
        <p id={`${id}-where`} class="quiet">
          {words !== '' && (span === undefined ? <span class="field-problem">The text does not say so.</span> : told(span, places.length))}
        </p>
      </div>
      {places.length > 1 && (
        <label>
          Which one{' '}
          <select value={which} onChange={({ currentTarget }) => setWhich(Number(currentTarget.value))}>
            {places.map(({ start, end }, at) => (
              <option value={at} key={start}>
                {at + 1}: …{text.slice(Math.max(0, start - 15), end + 15)}…
              </option>
            ))}
          </select>
        </label>
      )}
      {words !== '' && (
        <TypePicker
          label="Add it as"
          types={types}
          isDisabled={span === undefined}
          onPick={(type) => {
            if (span === undefined) return;
            onAdd(span, type);
            setWords('');
          }}
        />
      )}
    </div>
  );
}

function told({ start, end }: Span, count: number): string {
  return `offsets ${start}–${end}${count > 1 ? `, one of ${count}` : ''}`;
}
