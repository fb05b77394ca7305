import { useEffect, useRef } from 'preact/hooks';

/** What keys do; those of one character only where the focus is on the marked text or the story beside it. */
export interface KeyActions {
  run(): void;
  escape(): void;
  step(by: 1 | -1): void;
  pickType(at: number): void;
  deleteMention(): void;
  moveBorder(border: 'start' | 'end', direction: 'in' | 'out'): void;
  /** To the story of the selected mention, or back. */
  story(): void;
  toggleRejected(): void;
  edit(): void;
  save(): void;
}

/** Listens to keys as long as the component is there. */
export function useKeys(actions: KeyActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      const action = actionOf(event, latest.current);
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

function actionOf(event: KeyboardEvent, actions: KeyActions): (() => void) | undefined {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  if (key === 'Enter' && (ctrlKey || metaKey)) return actions.run;
  if (!(target instanceof Element) || target.closest('dialog') !== null) return undefined;
  if (key === 'Escape') return actions.escape;
  const isWriting = target.closest('input, select, textarea') !== null;
  if (isWriting || ctrlKey || metaKey || altKey || target.closest('[data-keys]') === null) return undefined;
  if (/^[1-9]$/.test(key)) return () => actions.pickType(Number(key) - 1);
  const byKey: Readonly<Record<string, () => void>> = {
    n: () => actions.step(1),
    p: () => actions.step(-1),
    Delete: actions.deleteMention,
    Backspace: actions.deleteMention,
    b: () => actions.moveBorder('start', 'out'),
    B: () => actions.moveBorder('start', 'in'),
    f: () => actions.moveBorder('end', 'out'),
    F: () => actions.moveBorder('end', 'in'),
    w: actions.story,
    r: actions.toggleRejected,
    e: actions.edit,
    s: actions.save,
  };
  return Object.hasOwn(byKey, key) ? byKey[key] : undefined;
}
