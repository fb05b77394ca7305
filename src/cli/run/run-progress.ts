import { counted } from '../counted.ts';
import type { Terminal } from '../terminal.ts';

/** The kinds of progress that a user can ask for. */
export const progressKinds = ['line', 'json', 'none'] as const;

/** Tells how far a run is. */
export interface RunProgress {
  /** A document is done. */
  add(isFailed: boolean): void;
  /** Tells the end, even if something was told just now. */
  end(): void;
}

export interface RunProgressOptions {
  readonly kind: (typeof progressKinds)[number];
  /** Documents that were done before. */
  readonly done: number;
  /** Of them, those that failed. */
  readonly failed: number;
  /** How many documents there are at most, where that is known. */
  readonly total: number | undefined;
  /** How many workers take part, where they are other processes. */
  readonly crew?: () => number;
  /** Milliseconds from any moment. */
  readonly now?: () => number;
}

/** Time between two lines of progress, in milliseconds. */
const intervalMs = 500;

/** `json` writes a line of JSON to the standard error for programs, `line` one that a person at a terminal sees change. */
export function runProgress(terminal: Pick<Terminal, 'progress' | 'emit'>, options: RunProgressOptions): RunProgress {
  const { kind, done, total, crew, now = () => performance.now() } = options;
  const started = now();
  let { failed } = options;
  let added = 0;
  let toldAt = Number.NEGATIVE_INFINITY;

  function tell(): void {
    toldAt = now();
    const seconds = (toldAt - started) / 1000;
    const perSecond = seconds > 0 ? added / seconds : 0;
    const documents = done + added;
    const secondsLeft = total === undefined || perSecond === 0 ? undefined : Math.max(0, total - documents) / perSecond;
    if (kind === 'json') {
      const rounded = (value: number) => Number(value.toFixed(2));
      terminal.emit(
        `${JSON.stringify({ documents, failed, total, perSecond: rounded(perSecond), secondsLeft: secondsLeft && rounded(secondsLeft), workers: crew?.() })}\n`,
      );
    } else if (kind === 'line') {
      const of = total === undefined ? '' : ` of ${total.toLocaleString('en')}`;
      const failures = failed === 0 ? '' : `, ${failed.toLocaleString('en')} failed`;
      const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`;
      terminal.progress(
        `${documents.toLocaleString('en')}${of} documents${failures}, ${perSecond.toFixed(1)} a second${left}${crewNote(crew)}`,
      );
    }
  }

  return {
    add(isFailed) {
      added++;
      if (isFailed) failed++;
      if (now() - toldAt >= intervalMs) tell();
    },
    end: () => {
      if (kind === 'json') tell();
    },
  };
}

/** As people say it: 45 s, 12 min, 3 h 20 min. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function crewNote(crew: RunProgressOptions['crew']): string {
  return crew === undefined ? '' : `, ${counted(crew(), 'worker')}`;
}
