import type { Row } from '../../../experiment/row.ts';

/** Whether chance makes a difference as great as a row's from the full system in fewer than 5 of 100 cases. */
export function isSignificant({ comparison }: Row): boolean {
  return comparison !== undefined && comparison.p < 0.05;
}
