import { countsByType, type Filter, passes } from '../filter/filter.ts';
import { type Hallucination, hallucinationsIn, shownMentions } from '../story/shown-mentions.ts';
import type { ShownMention } from '../text/shown-mention.ts';
import { mentionsOf, type Run, type WorkDocument } from './workspace.ts';

/** What there is to be seen of a document. */
interface Shown {
  /** All that there is, … */
  readonly all: readonly ShownMention[];
  /** … and what the filter lets pass. */
  readonly mentions: readonly ShownMention[];
  readonly counts: ReadonlyMap<string, number>;
  readonly rejected: number | undefined;
  readonly hallucinations: readonly Hallucination[];
  /** Names in the order of their colours. */
  readonly types: readonly string[];
}

/** What is shown of a document; while it is in work, what is known so far. */
export function shownOf(
  document: WorkDocument,
  { run, known, filter }: { readonly run: Run | undefined; readonly known: readonly string[]; readonly filter: Filter },
): Shown {
  const windows = document.result?.trace?.windows ?? [];
  const early = provisional(document, run);
  const all = early ?? shownMentions(mentionsOf(document), { windows, found: document.result?.entities ?? document.given });
  const asked = windows[0]?.document.types.map(({ name }) => name) ?? known;
  const types = [...new Set([...asked, ...all.flatMap(({ type }) => type ?? [])])];
  return {
    all,
    mentions: early ?? all.filter((mention) => passes(filter, mention)),
    counts: countsByType(
      all.filter((mention) => passes({ ...filter, hidden: [] }, mention)),
      types,
    ),
    rejected: document.result?.trace === undefined ? undefined : all.filter(({ state }) => state === 'rejected').length,
    hallucinations: hallucinationsIn(windows),
    types,
  };
}

/** The mentions of a document in work, as the latest stage of each window has them. */
function provisional({ id }: WorkDocument, run: Run | undefined): readonly ShownMention[] | undefined {
  if (run?.state !== 'running') return undefined;
  const latest = new Map(run.stages.filter((event) => event.id === id).map((event) => [event.start, event]));
  if (latest.size === 0) return undefined;
  return [...latest.values()].flatMap(({ start: window, mentions }) =>
    mentions
      .filter(({ status }) => status !== 'rejected')
      .map(({ start, end, type }): ShownMention => ({ key: `${window}-${start}-${end}`, start, end, type, state: 'provisional' })),
  );
}
