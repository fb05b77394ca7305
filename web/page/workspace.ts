import type { TypedSpan } from '../../src/document/labelled.ts';
import { sameSpan } from '../../src/document/span.ts';
import type { SampleBody } from '../../src/server/dataset-schemas.ts';
import type { LabelledBody, Problem } from '../../src/server/schemas.ts';
import type { DocumentResult, StageEvent } from '../api/api-types.ts';
import { corrected, difference, type Edits, notOverruled, pending } from '../correct/edits.ts';
import { isTypeIn, type SavedSentence, savedParts, withSaved } from '../correct/saved-sentences.ts';
import { withKnownTypes } from '../correct/type-name.ts';

/** A text to work on. */
export interface WorkDocument {
  readonly id: string;
  readonly text: string;
  /** Mentions that came with it. */
  readonly given: SampleBody['entities'];
  /** Of the last run, if there was one. */
  readonly result?: DocumentResult | undefined;
  /** What a person corrected in what was found or given. */
  readonly edits: Edits;
  /** Corrections that the last run agrees with; a later one may not. */
  readonly agreed?: Edits | undefined;
  /** What it was before its text was written anew, as long as nothing is known of the new one. */
  readonly before?: WorkDocument | undefined;
}

/** A run that goes on, or has ended. */
export interface Run {
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  /** The ids of its documents, in their order. */
  readonly ids: readonly string[];
  /** Of them those that have no result yet. */
  readonly waiting: readonly string[];
  /** The latest of each stage of the document that is in work. */
  readonly stages: readonly StageEvent[];
}

/** All that the user works on. */
export interface Workspace {
  /** At least one. */
  readonly documents: readonly WorkDocument[];
  /** Which of them is shown. */
  readonly at: number;
  readonly run: Run | undefined;
  /** Labelled sentences of this page alone. */
  readonly ownPool: readonly LabelledBody[];
  /** What was saved, to whatever pool, the latest last. */
  readonly saved: readonly SavedSentence[];
  readonly problem: Problem | undefined;
}

const blank: WorkDocument = { id: '1', text: '', given: [], edits: [] };
export const emptyWorkspace: Workspace = { documents: [blank], at: 0, run: undefined, ownPool: [], saved: [], problem: undefined };

/** What can happen to it. */
export type Happening =
  | { readonly kind: 'written'; readonly text: string }
  | { readonly kind: 'imported'; readonly samples: readonly SampleBody[] }
  | { readonly kind: 'shown'; readonly at: number }
  | { readonly kind: 'edited'; readonly edits: Edits }
  | { readonly kind: 'begun'; readonly ids: readonly string[] }
  | { readonly kind: 'stage'; readonly event: StageEvent }
  | { readonly kind: 'document'; readonly result: DocumentResult }
  | { readonly kind: 'ended'; readonly state: Run['state']; readonly problem?: Problem | undefined }
  /** Sentences are in their pools now. */
  | { readonly kind: 'saved'; readonly sentences: readonly SavedSentence[] }
  | { readonly kind: 'pooled'; readonly sentences: readonly LabelledBody[] }
  | { readonly kind: 'removed'; readonly sentence: LabelledBody }
  | { readonly kind: 'problem'; readonly problem: Problem | undefined };

/** The workspace after something happened. */
export function after(workspace: Workspace, happening: Happening): Workspace {
  const { documents, run } = workspace;
  switch (happening.kind) {
    case 'written':
      return withShown(workspace, (document) => written(document, happening.text));
    case 'imported':
      return happening.samples.length === 0 ? workspace : imported(workspace, happening.samples);
    case 'shown':
      return { ...workspace, at: Math.min(Math.max(0, happening.at), documents.length - 1) };
    case 'edited':
      return withShown(workspace, (document) => ({ ...document, edits: happening.edits }));
    case 'begun':
      return { ...workspace, problem: undefined, run: { state: 'running', ids: happening.ids, waiting: happening.ids, stages: [] } };
    case 'stage':
      return run === undefined ? workspace : { ...workspace, run: withStage(run, happening.event) };
    case 'document':
      return withResult(workspace, happening.result);
    case 'ended':
      return { ...workspace, problem: happening.problem, run: run && { ...run, state: happening.state } };
    case 'saved':
      return {
        ...workspace,
        saved: withSaved(workspace.saved, happening.sentences),
        ownPool: grown(
          workspace,
          happening.sentences.filter(({ pool }) => pool === undefined),
        ),
      };
    case 'pooled':
      return { ...forgotten(workspace, happening.sentences), ownPool: grown(workspace, happening.sentences) };
    case 'removed':
      return {
        ...forgotten(workspace, [happening.sentence]),
        ownPool: workspace.ownPool.filter((sentence) => sentence !== happening.sentence),
      };
    case 'problem':
      return { ...workspace, problem: happening.problem };
    default:
      return happening satisfies never;
  }
}

/** The document that is shown. */
export function shownIn({ documents, at }: Workspace): WorkDocument {
  const document = documents[at];
  if (document === undefined) throw new Error('A workspace has a document.');
  return document;
}

function withShown(workspace: Workspace, change: (document: WorkDocument) => WorkDocument): Workspace {
  return { ...workspace, documents: workspace.documents.map((document, at) => (at === workspace.at ? change(document) : document)) };
}

const isUntouched = ([first, second]: readonly WorkDocument[]): boolean => first?.text.trim() === '' && second === undefined;

/** What was known of the text before is kept beside the new one, and is back with that text. */
function written(document: WorkDocument, text: string): WorkDocument {
  const { id, before = isKnown(document) ? document : undefined } = document;
  return before?.text === text ? before : { id, text, given: [], edits: [], ...(before && { before }) };
}

/** Ids stay different: one that is there already gets a number. */
function imported(workspace: Workspace, samples: readonly SampleBody[]): Workspace {
  const { documents } = workspace;
  const kept = isUntouched(documents) ? [] : documents;
  const taken = new Set(kept.map(({ id }) => id));
  const added = samples.map(({ id, text, entities }): WorkDocument => {
    let own = id;
    for (let number = 2; taken.has(own); number++) own = `${id} (${number})`;
    taken.add(own);
    return { id: own, text, given: entities, edits: [] };
  });
  return { ...workspace, documents: [...kept, ...added], at: kept.length };
}

/** The pool of the page with more sentences; one takes the place of another of the same text. */
function grown({ ownPool }: Workspace, sentences: readonly LabelledBody[]): readonly LabelledBody[] {
  if (sentences.length === 0) return ownPool;
  const all = withKnownTypes([...ownPool, ...sentences], []);
  return [...new Map(all.map((sentence) => [sentence.text, sentence])).values()];
}

/** The pool of the page has these sentences no more, or otherwise than they were saved. */
function forgotten(workspace: Workspace, sentences: readonly LabelledBody[]): Workspace {
  const texts = new Set(sentences.map(({ text }) => text));
  return { ...workspace, saved: workspace.saved.filter(({ pool, text }) => pool !== undefined || !texts.has(text)) };
}

/** What a run found, else what came with the text. */
export function foundIn({ result, given }: WorkDocument): SampleBody['entities'] {
  return result?.entities ?? given;
}

/** Whether it was ever said what is in a document; a text without mentions may have been read, or not. */
export function isKnown({ result, given }: WorkDocument): boolean {
  return result?.entities !== undefined || given.length > 0;
}

/** The mentions of a document, as corrected. */
export function mentionsOf(document: WorkDocument): SampleBody['entities'] {
  return corrected(foundIn(document), document.edits);
}

function withStage(run: Run, event: StageEvent): Run {
  const isSame = (other: StageEvent): boolean => other.id === event.id && other.start === event.start && other.stage === event.stage;
  return { ...run, stages: [...run.stages.filter((other) => !isSame(other)), event] };
}

function withResult(workspace: Workspace, result: DocumentResult): Workspace {
  const { documents, run } = workspace;
  const updated = documents.map((document) => {
    if (document.id !== result.id || document.text !== result.text) return document;
    if (result.entities === undefined) return { ...document, result };
    return { ...document, result, before: undefined, ...heldAgainst(result.entities, document, workspace.saved) };
  });
  const stages = run?.ids.length === 1 ? run.stages : (run?.stages.filter(({ id }) => id !== result.id) ?? []);
  return { ...workspace, documents: updated, run: run && { ...run, waiting: run.waiting.filter((id) => id !== result.id), stages } };
}

/**
 * The word of a person on a document holds against what was found in it anew. Sentences that were saved have of the types that were in
 * question then the mentions that they were saved with, or as they were corrected since then.
 */
function heldAgainst(
  found: readonly TypedSpan[],
  document: WorkDocument,
  saved: readonly SavedSentence[],
): Pick<WorkDocument, 'edits' | 'agreed'> {
  const parts = savedParts(document.text, saved);
  const isSettled = ({ start, end, type }: TypedSpan): boolean =>
    parts.some((part) => part.start <= start && end <= part.end && isTypeIn(part.types, type));
  const others = [...notOverruled(document.agreed ?? [], document.edits), ...document.edits].filter(({ from, to }) =>
    [from, to].some((mention) => mention !== undefined && !isSettled(mention)),
  );
  const held = others.flatMap((edit) => pending([edit], found));
  const before = isKnown(document)
    ? mentionsOf(document)
    : corrected(
        parts.flatMap(({ mentions }) => mentions),
        document.edits,
      );
  const wanted = before.filter(isSettled);
  const open = corrected(found, held).filter((mention) => isSettled(mention) || wanted.some((other) => sameSpan(mention, other)));
  return {
    edits: [...held, ...difference(open, wanted)],
    agreed: others.filter((edit) => pending([edit], found).length === 0),
  };
}
