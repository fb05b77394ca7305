import type { SavedSentence } from '../correct/saved-sentences.ts';

const key = 'el4ner-saved';

/** What was saved to pools of the server from this tab, also before the page was loaded anew. */
export function keptSentences(storage: Storage): readonly SavedSentence[] {
  return JSON.parse(storage.getItem(key) ?? '[]') as readonly SavedSentence[]; // as they were kept below
}

/** Keeps what was saved to pools of the server for as long as the tab is open; the pool of the page is gone when it is loaded anew. */
export function keepSentences(storage: Storage, saved: readonly SavedSentence[]): void {
  try {
    storage.setItem(key, JSON.stringify(saved.filter(({ pool }) => pool !== undefined)));
  } catch (error) {
    // More than the browser lets a tab keep is known only until the page is loaded anew.
    if (!(error instanceof DOMException)) throw error;
  }
}
