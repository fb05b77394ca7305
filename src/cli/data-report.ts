import type { Report } from '../dataset/report.ts';
import type { NerError } from '../error.ts';
import type { Terminal } from './terminal.ts';

/** Bad rows that are told one by one. */
const toldBadRows = 10;

/** Tells the user what becomes of data that are read and written. */
export interface DataReport extends Report {
  /** Tells the counts: of each kind of thing that was left out or changed, and of bad rows. */
  end(): void;
  /** Bad rows so far. */
  badRows(): number;
}

/** @param skipBad - whether bad rows are counted and left out; otherwise the first one ends the reading. */
export function createDataReport({ note }: Pick<Terminal, 'note'>, { skipBad }: { readonly skipBad: boolean }): DataReport {
  const counts = new Map<string, number>();
  let badRows = 0;
  const badRow = (error: NerError): void => {
    badRows++;
    if (badRows <= toldBadRows) note(error.message);
  };
  return {
    note,
    count: (what) => counts.set(what, (counts.get(what) ?? 0) + 1),
    badRow: skipBad ? badRow : undefined,
    badRows: () => badRows,
    end() {
      for (const [what, count] of counts) note(`${what}: ${count}`);
      if (badRows > 0)
        note(`bad rows, left out: ${badRows}${badRows > toldBadRows ? `, of which the first ${toldBadRows} are told above` : ''}`);
    },
  };
}
