import type { LabelledBody } from '../../src/server/schemas.ts';
import { ImportButton } from '../exchange/import-button.tsx';
import { Sentence } from '../story/demonstrations.tsx';

interface OwnPoolProps {
  readonly sentences: readonly LabelledBody[];
  readonly types: readonly string[];
  readonly onRemove: (sentence: LabelledBody) => void;
  readonly onImport: (files: readonly File[]) => void;
  readonly onExport: () => void;
}

/** The labelled sentences that are kept in this page, and sent with each run that uses them. */
export function OwnPool({ sentences, types, onRemove, onImport, onExport }: OwnPoolProps) {
  return (
    <details class="own-pool">
      <summary>
        Pool of this page <span class="count">{sentences.length}</span>
      </summary>
      <p class="quiet">It is gone when the page is closed. Export it to keep it, and start the server with --pool FILE.</p>
      <ul class="plain">
        {sentences.map((sentence, at) => (
          <li key={sentence.text}>
            <Sentence sentence={sentence} types={types} />
            <button type="button" class="quiet-button" aria-label={`Remove sentence ${at + 1}`} onClick={() => onRemove(sentence)}>
              remove
            </button>
          </li>
        ))}
      </ul>
      <p class="buttons">
        <ImportButton label="Import labelled sentences…" onFiles={onImport} />
        {sentences.length > 0 && (
          <button type="button" onClick={onExport}>
            Export the pool
          </button>
        )}
      </p>
    </details>
  );
}
