import { StageLights } from './stage-lights.tsx';
import type { Run } from './workspace.ts';

interface RunBarProps {
  readonly run: Run | undefined;
  readonly documents: number;
  /** Whether there is a text to run: the one that is shown, … */
  readonly canRun: boolean;
  /** … or any. */
  readonly canRunAll: boolean;
  readonly isEditing: boolean;
  readonly onRun: (which: 'shown' | 'all') => void;
  readonly onCancel: () => void;
  readonly onEdit: () => void;
}

/** Starts and ends runs, and shows how far they are. */
export function RunBar({ run, documents, canRun, canRunAll, isEditing, onRun, onCancel, onEdit }: RunBarProps) {
  const isRunning = run?.state === 'running';
  return (
    <div class="run-bar">
      <button type="button" class="primary" aria-keyshortcuts="Control+Enter" disabled={!canRun} onClick={() => onRun('shown')}>
        {isRunning ? 'Run anew' : 'Run'}
      </button>
      {documents > 1 && (
        <button type="button" disabled={!canRunAll} onClick={() => onRun('all')}>
          Run all {documents}
        </button>
      )}
      {isRunning && (
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      )}
      {!isEditing && (
        <button type="button" onClick={onEdit}>
          Edit the text
        </button>
      )}
      {run !== undefined && run.ids.length > 1 && (
        <span class="progress">
          <progress aria-label="Documents done" max={run.ids.length} value={run.ids.length - run.waiting.length} />{' '}
          {run.ids.length - run.waiting.length} of {run.ids.length}
        </span>
      )}
      {run !== undefined && (run.ids.length === 1 || isRunning) && <StageLights run={run} />}
    </div>
  );
}
