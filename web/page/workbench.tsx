import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { faultAt } from '../api/problem.ts';
import { moveBorder } from '../correct/marking.ts';
import { download } from '../exchange/download.ts';
import { DocumentsBar, type ExportFormat } from './documents-bar.tsx';
import { Inspector } from './inspector.tsx';
import { OwnPool } from './own-pool.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { Reading } from './reading.tsx';
import { RunBar } from './run-bar.tsx';
import { hasUnsaved } from './savable.ts';
import { ownPool, withPool } from './settings.ts';
import { SettingsPanel } from './settings-panel.tsx';
import { TextEditor } from './text-editor.tsx';
import { samplesFrom } from './use-exchange.ts';
import { useKeys } from './use-keys.ts';
import type { Server } from './use-server.ts';
import { useWorkbench, type WorkbenchState } from './use-workbench.ts';
import { isKnown } from './workspace.ts';

/** Where texts are run, looked at and corrected. */
export function Workbench({ server }: { readonly server: Server }) {
  const state = useWorkbench(server);
  const bench = useRef<HTMLElement>(null);
  const { document, isEditing, looking, shown, mention, say, move, workspace } = state;
  const close = (): void => {
    focusTag(bench, looking.selected);
    looking.select(undefined);
  };
  useBenchKeys(state, bench, close);
  useKept(useMemo(() => hasUnsaved(workspace), [workspace.documents, workspace.saved, workspace.ownPool]));
  useFocus(bench, state);
  return (
    <main
      class="bench"
      ref={bench}
      onDragOver={(event) => hasFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        void importFiles(state, [...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <SettingsColumn state={state} server={server} />
      <Work state={state} server={server} />
      <Inspector
        text={document.text}
        mention={isEditing ? undefined : mention}
        types={shown.types}
        windows={document.result?.trace?.windows ?? []}
        onType={(type) => mention && say(mention, type)}
        onDelete={() => mention && say(mention, undefined)}
        onMove={(span) => mention && move(mention, span)}
        onClose={close}
      />
    </main>
  );
}

interface PartProps {
  readonly state: WorkbenchState;
  readonly server: Server;
}

/** Words that are dragged are for the field that they are dropped on. */
const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;

const isWide = (): boolean => window.matchMedia('(min-width: 64rem)').matches;

function SettingsColumn({ state, server }: PartProps) {
  const { settings, setSettings, workspace, shown, tell, exchange } = state;
  const { ownPool: own, problem } = workspace;
  const exportPool = (): void => {
    const samples = own.map((sentence, index) => ({ id: `own:${index + 1}`, ...sentence }));
    void exchange.exportSamples(samples, 'jsonl', 'pool');
  };
  return (
    <details class="settings" open={isWide()}>
      <summary>
        <h2>Settings</h2>
      </summary>
      <SettingsPanel settings={settings} models={server.models} pools={server.pools} own={own} problem={problem} onChange={setSettings} />
      <OwnPool
        sentences={own}
        types={shown.types}
        onRemove={(sentence) => tell({ kind: 'removed', sentence })}
        onImport={(files) => void importPool(state, files)}
        onExport={exportPool}
      />
    </details>
  );
}

function Work({ state, server }: PartProps) {
  const { workspace, document, tell, isEditing, setEditing, note, setNote, looking, shown, start, cancel, say, undo, save, saving } = state;
  const { documents, at, run, problem } = workspace;
  return (
    <div class="work">
      <DocumentsBar
        documents={documents}
        at={at}
        onShow={(index) => {
          tell({ kind: 'shown', at: index });
          setNote('');
        }}
        onImport={(files) => void importFiles(state, files)}
        onExport={(format) => exportAs(state, format)}
      />
      <ProblemAlert problem={problem} onClose={() => tell({ kind: 'problem', problem: undefined })} />
      {isEditing && <Editor state={state} />}
      <RunBar
        run={run}
        documents={documents.length}
        canRun={document.text.trim() !== '' && server.state === 'there'}
        canRunAll={documents.some(({ text }) => text.trim() !== '') && server.state === 'there'}
        isEditing={isEditing}
        onRun={start}
        onCancel={cancel}
        onEdit={() => setEditing(true)}
      />
      <p class="note" role="status">
        {note}
      </p>
      {!isEditing && (
        <Reading
          document={document}
          shown={shown}
          filter={looking.filter}
          selected={looking.selected}
          marked={looking.marked}
          saving={saving}
          onFilter={looking.setFilter}
          onSelect={looking.selectMention}
          onMark={looking.mark}
          onSay={say}
          onUndo={undo}
          onSave={(which) => void save(which)}
        />
      )}
    </div>
  );
}

function Editor({ state: { workspace, document, tell, setNote, setEditing } }: { readonly state: WorkbenchState }) {
  return (
    <TextEditor
      text={document.text}
      known={document.before ?? (isKnown(document) ? document : undefined)}
      fault={faultAt(workspace.problem, '/documents')}
      onWrite={(text) => {
        tell({ kind: 'written', text });
        setNote('');
      }}
      onBack={(text) => {
        tell({ kind: 'written', text });
        setEditing(false);
      }}
    />
  );
}

async function importFiles({ exchange, setEditing }: WorkbenchState, files: readonly File[]): Promise<void> {
  if (files.length > 0 && (await exchange.importFiles(files))) setEditing(false);
}

async function importPool({ exchange, setSettings }: WorkbenchState, files: readonly File[]): Promise<void> {
  if (files.length > 0 && (await exchange.importPool(files))) setSettings((before) => withPool(before, ownPool));
}

function exportAs({ workspace: { documents }, exchange }: WorkbenchState, format: ExportFormat): void {
  if (format !== 'results') {
    void exchange.exportSamples(samplesFrom(documents), format, 'entities');
    return;
  }
  const results = documents.flatMap(({ result }) => result ?? []);
  download([{ name: 'results.json', content: JSON.stringify(results, null, 2) }], 'results');
}

function focusTag(bench: RefObject<HTMLElement | null>, key: string | undefined): void {
  if (key !== undefined) bench.current?.querySelector<HTMLElement>(`button[data-tag="${CSS.escape(key)}"]`)?.focus();
}

/** What had the focus may be gone: what was edited or undone, or a mention that is of another type now, or none. */
function useFocus(bench: RefObject<HTMLElement | null>, { isEditing, looking, document: { edits } }: WorkbenchState): void {
  const isBegun = useRef(false);
  useLayoutEffect(() => {
    const isLost = (): boolean => window.document.activeElement === window.document.body;
    if (isLost() && isBegun.current) {
      if (!isEditing) focusTag(bench, looking.selected);
      const place = isEditing ? 'textarea' : '.reading';
      if (isLost()) bench.current?.querySelector<HTMLElement>(place)?.focus({ preventScroll: !isEditing });
    }
    isBegun.current = true;
  }, [isEditing, looking.selected, edits]);
}

function useBenchKeys(state: WorkbenchState, bench: RefObject<HTMLElement | null>, close: () => void): void {
  const { workspace, document, looking, shown, mention, start, cancel, say, move, save, setEditing } = state;
  useKeys({
    run: () => start('shown'),
    escape: () => (workspace.run?.state === 'running' ? cancel() : close()),
    step(by) {
      const { mentions } = shown;
      const from = looking.place.current;
      const index = mentions.findIndex(({ key }) => key === looking.selected);
      const beside = by === 1 ? mentions.find(({ start }) => start >= from) : mentions.findLast(({ start }) => start < from);
      const next = index === -1 ? (beside ?? mentions.at(by === 1 ? 0 : -1)) : mentions.at((index + by) % mentions.length);
      if (next !== undefined) looking.selectMention(next);
      focusTag(bench, next?.key);
    },
    story() {
      const story = bench.current?.querySelector<HTMLElement>('.inspector');
      if (story?.contains(window.document.activeElement)) focusTag(bench, looking.selected);
      else if (mention !== undefined) story?.focus();
    },
    moveBorder(border, direction) {
      if (mention !== undefined && mention.state !== 'rejected') move(mention, moveBorder(document.text, mention, border, direction));
    },
    pickType(index) {
      const type = shown.types[index];
      if (mention !== undefined && type !== undefined) say(mention, type);
    },
    deleteMention: () => mention !== undefined && mention.state !== 'rejected' && say(mention, undefined),
    toggleRejected: () => looking.setFilter({ ...looking.filter, rejected: !looking.filter.rejected }),
    edit: () => setEditing(true),
    // What is not corrected takes the button, which says how much that is.
    save: () => void save('corrected'),
  });
}

/** Asks before what is in this page alone is lost. */
function useKept(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isNeeded]);
}
