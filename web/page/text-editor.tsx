import type { WorkDocument } from './workspace.ts';

interface TextEditorProps {
  readonly text: string;
  /** What was known, of another text. */
  readonly before: WorkDocument | undefined;
  readonly fault: string | undefined;
  readonly onWrite: (text: string) => void;
}

const example =
  'Mira Holm flew from Lund to Oslo on Friday, where the Bank of Norway had asked her to speak. Her talk on “Small Rivers” was moved to the Old Town Hall. Jordan, who lives in Jordan, came as well.';

/** The text, to be pasted or written. */
export function TextEditor({ text, before, fault, onWrite }: TextEditorProps) {
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
      {before !== undefined && (
        <p>
          What was found{before.edits.length > 0 && ' and corrected'} was of another text; the next run forgets it.{' '}
          <button type="button" onClick={() => onWrite(before.text)}>
            Back to that text
          </button>
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
