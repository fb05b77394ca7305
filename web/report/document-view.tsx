import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { DocumentResult } from '../api/api-types.ts';
import { type Filter, passes } from '../filter/filter.ts';
import { ResultNotes } from '../story/result-notes.tsx';
import { hallucinationsIn, shownMentions } from '../story/shown-mentions.ts';
import { Story } from '../story/story.tsx';
import { MarkedText } from '../text/marked-text.tsx';
import type { ShownMention } from '../text/shown-mention.ts';

interface DocumentViewProps {
  readonly result: DocumentResult;
  readonly filter: Filter;
  readonly types: readonly string[];
}

/** A document of a report; a click on a mention tells its story. */
export function DocumentView({ result, filter, types }: DocumentViewProps) {
  const [selected, setSelected] = useState<string>();
  const { id, text, entities = [], trace } = result;
  const windows = trace?.windows ?? [];
  const all = shownMentions(entities, { windows });
  const mention = all.find(({ key }) => key === selected);
  const select = useCallback(({ key }: ShownMention) => setSelected((before) => (before === key ? undefined : key)), []);
  const story = useRef<HTMLDivElement>(null);
  const close = (): void => {
    const tag = story.current?.parentElement?.querySelector<HTMLElement>('button.tag[aria-pressed="true"]');
    if (story.current?.contains(document.activeElement)) tag?.focus();
    setSelected(undefined);
  };
  useEscape(selected !== undefined, close);
  return (
    <>
      <h2>
        <bdi>{id}</bdi>
      </h2>
      <MarkedText
        text={text}
        mentions={all.filter((mention) => passes(filter, mention))}
        types={types}
        selected={selected}
        label={`The text ${id}`}
        onSelect={select}
      />
      {mention !== undefined && (
        <div class="story-box" ref={story}>
          <p class="inspector-bar">
            <strong>Why?</strong>
            <button type="button" class="quiet-button" aria-label="Close the story" onClick={close}>
              ✕
            </button>
          </p>
          <Story text={text} mention={mention} types={types} windows={windows} key={mention.key} />
        </div>
      )}
      <ResultNotes result={result} hallucinations={hallucinationsIn(windows)} />
    </>
  );
}

/** Listens to the key as long as there is something to close. */
function useEscape(isOpen: boolean, close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    if (!isOpen) return;
    const listener = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') latest.current();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [isOpen]);
}
