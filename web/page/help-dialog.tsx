import { useEffect, useRef } from 'preact/hooks';

const anywhere = [
  ['Ctrl + Enter', 'run (⌘ + Enter on a Mac)'],
  ['Escape', 'cancel a run, or close what is open'],
  ['Tab', 'from one thing to the next; each mention has a button with its type'],
] as const;
const inTheText = [
  ['n, p', 'next, previous mention'],
  ['w', 'to the story of the selected mention (“Why?”), and back'],
  ['1 … 9', 'the selected mention is of that type'],
  ['Delete, Backspace', 'the selected mention is none'],
  ['b, B', 'it begins a word earlier, later'],
  ['f, F', 'it finishes a word later, earlier'],
  ['r', 'show or hide what was rejected'],
  ['e', 'edit the text'],
  ['s', 'save the corrections'],
] as const;

/** The keys that do something. */
export function HelpDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys</h2>
      <Keys title="Anywhere" keys={anywhere} />
      <Keys title="In the marked text and the story beside it" keys={inTheText} />
      <p class="quiet">To add a mention, select its words in the text, or write them below it.</p>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}

function Keys({ title, keys }: { readonly title: string; readonly keys: readonly (readonly [string, string])[] }) {
  return (
    <>
      <h3>{title}</h3>
      <dl class="keys">
        {keys.map(([key, told]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{told}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
