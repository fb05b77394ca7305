import type { Span } from '../../src/document/span.ts';
import type { TracedWindow } from '../../src/pipeline/recognition.ts';
import { CorrectMention } from '../correct/correct-mention.tsx';
import { Story } from '../story/story.tsx';
import type { ShownMention } from '../text/shown-mention.ts';

interface InspectorProps {
  readonly text: string;
  readonly mention: ShownMention | undefined;
  readonly types: readonly string[];
  readonly windows: readonly TracedWindow[];
  readonly onType: (type: string) => void;
  readonly onDelete: () => void;
  readonly onMove: (span: Span) => void;
  readonly onClose: () => void;
}

/** Why a mention is one, and whether it is right. */
export function Inspector({ text, mention, types, windows, onType, onDelete, onMove, onClose }: InspectorProps) {
  return (
    <aside class={`inspector${mention === undefined ? ' empty' : ''}`} aria-label="Why?" tabIndex={-1} data-keys>
      {mention === undefined ? (
        <p class="quiet">Choose a mention in the text: here is why it was found, and whether that is right.</p>
      ) : (
        <>
          <p class="inspector-bar">
            <strong>Why?</strong>
            <button type="button" class="quiet-button" aria-label="Close the story" onClick={onClose}>
              ✕
            </button>
          </p>
          <CorrectMention text={text} mention={mention} types={types} onType={onType} onDelete={onDelete} onMove={onMove} />
          <Story text={text} mention={mention} types={types} windows={windows} key={mention.key} />
        </>
      )}
    </aside>
  );
}
