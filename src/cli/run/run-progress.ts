import { counted } from '../counted.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';

/** The kinds of progress that a user can ask for. */
export const progressKinds = ['line', 'json', 'none'] as const;

/** Tells how far a run is. */
export interface RunProgress {
  /** A document is done. */
  add(isFailed: boolean): void;
  /** So many windows of a document are done. */
  addWindow(id: string, done: number, total: number): void;
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

/** How far a document is that is worked on in windows. */
interface Windows {
  readonly id: string;
  readonly done: number;
  readonly total: number;
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
  /** A long document in work. */
  let long: Windows | undefined;

  function tell(): void {
    toldAt = now();
    const seconds = (toldAt - started) / 1000;
    const documents = done + added;
    const parts = added + (long === undefined ? 0 : long.done / long.total);
    const perSecond = seconds > 0 ? parts / seconds : 0;
    const secondsLeft = total === undefined || perSecond === 0 ? undefined : Math.max(0, total - done - parts) / perSecond;
    const state = { documents, failed, total, perSecond, secondsLeft, windows: long, workers: crew?.() };
    if (kind === 'json') terminal.emit(jsonLine(state));
    else if (kind === 'line') terminal.progress(line(state));
  }

  function tellInTime(): void {
    if (now() - toldAt >= intervalMs) tell();
  }

  return {
    add(isFailed) {
      added++;
      if (long?.done === long?.total) long = undefined; // that was the one, or is about to be added
      if (isFailed) failed++;
      tellInTime();
    },
    addWindow(id, done, total) {
      if (total === 1) return;
      long = { id, done, total };
      tellInTime();
    },
    end: () => {
      if (kind === 'json') tell();
    },
  };
}

interface State extends Pick<RunProgressOptions, 'failed' | 'total'> {
  readonly documents: number;
  readonly perSecond: number;
  readonly secondsLeft: number | undefined;
  readonly windows: Windows | undefined;
  readonly workers: number | undefined;
}

function jsonLine({ perSecond, secondsLeft, ...state }: State): string {
  const rounded = (value: number) => Number(value.toPrecision(3));
  const { documents, failed, total, windows, workers } = state;
  const rates = { perSecond: rounded(perSecond), secondsLeft: secondsLeft && rounded(secondsLeft) };
  return `${JSON.stringify({ documents, failed, total, ...rates, windows, workers })}\n`;
}

function line({ documents, failed, total, perSecond, secondsLeft, windows, workers }: State): string {
  const number = (value: number) => value.toLocaleString('en');
  const of = total === undefined ? '' : ` of ${number(total)}`;
  const failures = failed === 0 ? '' : `, ${number(failed)} failed`;
  const inside = windows === undefined ? '' : `, ${number(windows.done)} of ${number(windows.total)} windows of ${printable(windows.id)}`;
  const rate = perSecond >= 0.1 || perSecond === 0 ? `${perSecond.toFixed(1)} a second` : `${(perSecond * 3600).toFixed(1)} an hour`;
  const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`;
  const crew = workers === undefined ? '' : `, ${counted(workers, 'worker')}`;
  return `${number(documents)}${of} documents${failures}${inside}, ${rate}${left}${crew}`;
}

/** As people say it: 45 s, 12 min, 3 h 20 min. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
