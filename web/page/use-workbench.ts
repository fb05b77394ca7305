import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { Span } from '../../src/document/span.ts';
import type { PoolBody } from '../../src/server/schemas.ts';
import { withoutSpace } from '../correct/marking.ts';
import { stillSaved } from '../correct/saved-sentences.ts';
import { withKnownTypes } from '../correct/type-name.ts';
import { showAll } from '../filter/filter.ts';
import type { ShownMention } from '../text/shown-mention.ts';
import { keepSentences, keptSentences } from './kept-sentences.ts';
import { nothingToSave, type Savable, savable } from './savable.ts';
import { type SaveTarget, targetOf } from './save-target.ts';
import { afterSaving, ownPool, requestOf, type Settings, typeNames, typesIn, typesOf, usualSettings } from './settings.ts';
import { shownOf } from './shown.ts';
import { useCorrections } from './use-corrections.ts';
import { useExchange } from './use-exchange.ts';
import { useRun } from './use-run.ts';
import { useSaving } from './use-saving.ts';
import type { Server } from './use-server.ts';
import { after, emptyWorkspace, shownIn, type WorkDocument, type Workspace } from './workspace.ts';

/** What the user works on, and what can be done with it. */
export function useWorkbench(server: Server) {
  const [workspace, tell] = useReducer(after, emptyWorkspace, (empty) => ({ ...empty, saved: keptSentences(sessionStorage) }));
  const [settings, setSettings] = useState<Settings>(usualSettings);
  const [isEditing, setEditing] = useState(true);
  const [note, setNote] = useState('');
  const { documents, run, ownPool: own, saved, problem } = workspace;
  const document = shownIn(workspace);
  const looking = useLooking(document);
  const { filter, select } = looking;

  const known = typeNames(settings, server.pools, own);
  const shown = useMemo(() => shownOf(document, { run, known, filter }), [document, run, known.join('\n'), filter]);
  const runner = useRun(tell);
  const exchange = useExchange(server.client, tell, setNote);
  const saving = useSaving(server, tell);
  const correcting = useCorrections(document, tell);
  const target = targetOf(settings.pool, server.pools);
  const pool = target.pool ?? ownPool;
  const toSave = useToSave(workspace, { target, pools: server.pools, isEditing, types: shown.types });

  function start(which: 'shown' | 'all'): void {
    const chosen = (which === 'all' ? documents : [document]).filter(({ text }) => text.trim() !== '');
    if (chosen.length === 0 || server.state !== 'there') return;
    setEditing(false);
    select(undefined);
    setNote('');
    const about = { models: server.models.map(({ id }) => id), own };
    void runner.run(server.client, chosen, (one) => requestOf(settings, one, about));
  }
  async function save(which: 'corrected' | 'others'): Promise<void> {
    const sentences = toSave[which];
    if (sentences.length === 0 || !(await saving.save(sentences, target, shown.types))) return;
    setSettings((before) => afterSaving(before, pool, { known: shown.types, saved: typesOf(sentences) }));
    select(undefined);
    setNote(`Saved to ${target.name}: the next run uses it.`);
  }
  function say(span: Span & Pick<ShownMention, 'type'>, type: string | undefined): void {
    correcting.say(span, type);
    if (type === undefined) looking.leave(span.end);
    else select(`${span.start}-${span.end}-${type}`);
  }
  function move(mention: ShownMention, to: Span): void {
    correcting.move(mention, to);
    select(`${to.start}-${to.end}-${mention.type}`);
  }
  useEffect(() => keepSentences(sessionStorage, saved), [saved]);
  useEffect(() => {
    if (problem?.status === 401) void server.refresh(); // which asks for the token
  }, [problem]);
  useEffect(() => {
    if (run?.state === 'cancelled') setNote('Cancelled.');
    if (run?.state === 'done') setNote(doneNote(run.ids.length, shown.all.filter(({ state }) => state === 'found').length));
  }, [run?.state]);
  return {
    ...{ workspace, document, tell, settings, setSettings, isEditing, setEditing, note, setNote, looking, shown },
    ...{ start, cancel: runner.cancel, exchange, say, move, undo: correcting.undo, save },
    saving: { toSave, target, isSaving: saving.isSaving },
    mention: shown.all.find(({ key }) => key === looking.selected),
  };
}

export type WorkbenchState = ReturnType<typeof useWorkbench>;

/** What of a document the user looks at, and the place in the text from which to go on; with another document or text it begins anew. */
function useLooking({ id, text }: WorkDocument) {
  const [filter, setFilter] = useState(showAll);
  const [selected, select] = useState<string>();
  const [marked, setMarked] = useState<Span>();
  const place = useRef(0);
  const before = useRef({ id, text });
  if (before.current.id !== id || before.current.text !== text) {
    before.current = { id, text };
    select(undefined);
    setMarked(undefined);
    place.current = 0;
  }
  const selectMention = useCallback(({ key, start }: ShownMention) => {
    select(key);
    place.current = start;
  }, []);
  /** Selects nothing; the next mention is the one after this place. */
  const leave = useCallback((end: number) => {
    select(undefined);
    place.current = end;
  }, []);
  const mark = useCallback((span: Span) => setMarked(withoutSpace(text, span)), [text]);
  return { filter, setFilter, selected, select, selectMention, leave, place, marked, mark };
}

interface ToSave {
  readonly target: SaveTarget;
  readonly pools: readonly PoolBody[];
  readonly isEditing: boolean;
  /** That are in question. */
  readonly types: readonly string[];
}

/** What of the document that is shown there is to save, with types that are called as those of the pool or of the text. */
function useToSave(workspace: Workspace, { target: { pool }, pools, isEditing, types }: ToSave): Savable {
  const { run, saved, ownPool: own } = workspace;
  const document = shownIn(workspace);
  const known = [...typesIn(pool ?? ownPool, pools, own), ...types];
  return useMemo(() => {
    if (isEditing) return nothingToSave;
    const toSave = savable(document, run, { pool, saved: stillSaved(saved, pools), ownPool: own });
    return { ...toSave, corrected: withKnownTypes(toSave.corrected, known), others: withKnownTypes(toSave.others, known) };
  }, [document, run, isEditing, pool, saved, pools, own, known.join('\n')]);
}

function doneNote(documents: number, mentions: number): string {
  const found = `${mentions} ${mentions === 1 ? 'entity' : 'entities'} found`;
  return documents === 1 ? `${found}.` : `${documents} texts done; ${found} in this one.`;
}
