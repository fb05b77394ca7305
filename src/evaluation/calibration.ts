/** A yes-or-no statement that a model made with a probability. */
export interface ProbableStatement {
  /** That the statement holds, in [0, 1]. */
  readonly probability: number;
  readonly holds: boolean;
}

/**
 * Expected calibration error: statements are put into bins of equal width by their probability; the error is the mean, weighted by the
 * statements of a bin, of how far the mean probability of a bin lies from the share of its statements that hold.
 * @returns a value in [0, 1]; 0 without statements.
 * @see Guo et al., On Calibration of Modern Neural Networks, 2017
 */
export function expectedCalibrationError(statements: readonly ProbableStatement[], bins = 10): number {
  const binned = Map.groupBy(statements, ({ probability }) => Math.min(bins - 1, Math.floor(probability * bins)));
  let error = 0;
  for (const bin of binned.values()) {
    // Mean probability less share, times the size of the bin.
    error += Math.abs(bin.reduce((sum, { probability, holds }) => sum + probability - Number(holds), 0));
  }
  return statements.length === 0 ? 0 : error / statements.length;
}
