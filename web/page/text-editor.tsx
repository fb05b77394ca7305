import type { WorkDocument } from './workspace.ts';

interface TextEditorProps {
  readonly text: string;
  /** What is known, be it of the text before. */
  readonly known: WorkDocument | undefined;
  readonly fault: string | undefined;
  readonly onWrite: (text: string) => void;
  /** Leaves what was written, for what is known. */
  readonly onBack: (text: string) => void;
}

const example =
  'Mira Holm flew from Lund to Oslo on Friday, where the Bank of Norway had asked her to speak. Her talk on “Small Rivers” was moved to the Old Town Hall. Jordan, who lives in Jordan, came as well.';

/** The text, to be pasted or written. */
export function TextEditor({ text, known, fault, onWrite, onBack }: TextEditorProps) {
  return (
    <div class="editor">
      <label for="text">Text</label>
      <textarea
        id="text"
        dir="auto"
        lang=""
        rows={10}
        placeholder="Paste a text, or drop files here"
        value={text}
        aria-invalid={fault !== undefined}
        aria-describedby="text-fault"
        onInput={({ currentTarget }) => onWrite(currentTarget.value)}
      />
      <p id="text-fault" class="field-problem">
        {fault}
      </p>
      {known !== undefined && (
        <p>
          <button type="button" onClick={() => onBack(known.text)}>
            Back to what was found
          </button>{' '}
          {known.text !== text && (
            <span class="quiet">
              in the text as it was. The next run forgets it{known.edits.length > 0 && ', and what was corrected and not saved'}.
            </span>
          )}
        </p>
      )}
      {text === '' && (
        <p>
          <button type="button" onClick={() => onWrite(example)}>
            Take an example
          </button>
        </p>
      )}
    </div>
  );
}
