import { render } from 'preact';
import type { DocumentResult } from '../api/api-types.ts';
import { countsByType, passes, showAll } from '../filter/filter.ts';
import { Controls } from './controls.tsx';
import { DocumentView } from './document-view.tsx';
import { watchLots } from './lots.ts';
import { isShown, type ReportDocument, type ReportHead, reportDocument, type View } from './report-data.ts';

/** A document with its place on the page. */
interface Placed extends ReportDocument {
  readonly element: HTMLElement;
  /** What it was drawn for last. */
  drawnFor?: View;
}

function jsonIn<T>(parent: ParentNode, name: string): T | undefined {
  const script = parent.querySelector(`script[type="application/json"].${name}`);
  return script === null ? undefined : (JSON.parse(script.textContent) as T); // as the writer of the report has it
}

/** The page is whole without this: texts with their entities. It adds filters, a search and stories. */
function start({ types: inventory, trace }: ReportHead, controls: HTMLElement): void {
  const placed = [...document.querySelectorAll<HTMLElement>('article')].flatMap((element): Placed[] => {
    const result = jsonIn<Omit<DocumentResult, 'trace'>>(element, 'result');
    return result === undefined ? [] : [{ ...reportDocument(result), element }];
  });
  const names = inventory.map(({ name }) => name);
  const types = [
    ...countsByType(
      placed.flatMap(({ mentions }) => mentions),
      names,
    ).keys(),
  ];
  let view: View = { filter: showAll, search: '', onlyMarked: false };
  const near = new Set<Placed>();

  /** Draws a document that is near the window, unless nothing changed for it. */
  function draw(one: Placed): void {
    if (one.drawnFor?.filter === view.filter) return;
    // What is drawn first takes the place of the static text, and the data stay behind it.
    const host = one.element.querySelector('.drawn') ?? replaceStatic(one.element);
    const story = jsonIn<NonNullable<DocumentResult['trace']>>(one.element, 'trace');
    render(<DocumentView result={{ ...one.result, ...(story && { trace: story }) }} filter={view.filter} types={types} />, host);
    one.drawnFor = view;
  }

  function update(changed: View): void {
    const before = view;
    view = changed;
    if (before.search !== view.search || before.onlyMarked || view.onlyMarked) {
      for (const one of placed) one.element.hidden = !isShown(one, view);
      watch.fit();
    }
    const shown = placed.filter(({ element }) => !element.hidden);
    render(
      <Controls
        view={view}
        counts={countsOf(shown, view, types)}
        types={types}
        rejected={trace ? rejectedIn(shown) : undefined}
        shown={shown.length}
        documents={placed.length}
        onChange={update}
      />,
      controls,
    );
    for (const one of near) draw(one);
  }

  const byElement = new Map<Element, Placed>(placed.map((one) => [one.element, one]));
  const watch = watchLots(
    [...document.querySelectorAll<HTMLElement>('.lot')],
    (article) => {
      const one = byElement.get(article);
      if (one === undefined) return;
      near.add(one);
      draw(one);
    },
    (article) => {
      const one = byElement.get(article);
      if (one !== undefined) near.delete(one);
    },
  );
  update(view);
}

/** Mentions of each type, also of those that are hidden, in the documents that are shown. */
function countsOf(shown: readonly Placed[], { filter }: View, types: readonly string[]): ReadonlyMap<string, number> {
  const ofAllTypes = { ...filter, hidden: [] };
  return countsByType(
    shown.flatMap(({ mentions }) => mentions.filter((mention) => passes(ofAllTypes, mention))),
    types,
  );
}

function rejectedIn(shown: readonly Placed[]): number {
  return shown.reduce((sum, { element }) => sum + Number(element.dataset['rejected'] ?? 0), 0);
}

function replaceStatic(article: HTMLElement): HTMLElement {
  const host = document.createElement('div');
  host.className = 'drawn';
  for (const child of [...article.children]) if (child.tagName !== 'SCRIPT') child.remove();
  article.prepend(host);
  return host;
}

const [head, controls] = [jsonIn<ReportHead>(document, 'report'), document.getElementById('controls')];
if (head !== undefined && controls !== null) {
  controls.replaceChildren();
  start(head, controls);
}
