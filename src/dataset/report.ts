import { NerError } from '../error.ts';

/** Where readers and writers tell what becomes of the data. */
export interface Report {
  /** One line on how the input is understood. */
  note(line: string): void;
  /** Something that was left out or changed; the words are the same for all of its kind, and a number can follow them. */
  count(what: string): void;
  /** A bad row, which is left out. Where this is missing, the first bad row ends the reading. */
  readonly badRow?: BadRowListener | undefined;
}

export type BadRowListener = (error: NerError) => void;

/**
 * Gives the error of a bad row to who takes such errors, so that the reading can go on.
 * @throws `error` if nobody does, or if it is of another kind.
 */
export function takeBadRow(error: unknown, badRow: BadRowListener | undefined): void {
  if (!(error instanceof NerError) || badRow === undefined) throw error;
  badRow(error);
}
