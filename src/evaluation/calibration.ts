/** A yes-or-no statement that a model made with a probability. */
export interface ProbableStatement {
  /** That the statement holds, in [0, 1]. */
  readonly probability: number;
  readonly holds: boolean;
}

/** The statements of one of several equal ranges of probability. */
export interface ReliabilityBin {
  readonly statements: number;
  /** The mean of their probabilities; 0 of none. */
  readonly probability: number;
  /** The share of them that hold; 0 of none. */
  readonly holding: number;
}

/** How often statements hold, by their probability: the figures of a reliability diagram, from the least probable bin on. */
export function reliability(statements: readonly ProbableStatement[], bins = 10): readonly ReliabilityBin[] {
  const binned = Map.groupBy(statements, ({ probability }) => Math.min(bins - 1, Math.floor(probability * bins)));
  return Array.from({ length: bins }, (_, bin): ReliabilityBin => {
    const own = binned.get(bin) ?? [];
    const mean = (sum: number) => (own.length === 0 ? 0 : sum / own.length);
    return {
      statements: own.length,
      probability: mean(own.reduce((sum, { probability }) => sum + probability, 0)),
      holding: mean(own.filter(({ holds }) => holds).length),
    };
  });
}

/**
 * Expected calibration error: statements are put into bins of equal width by their probability; the error is the mean, weighted by the
 * statements of a bin, of how far the mean probability of a bin lies from the share of its statements that hold.
 * @returns a value in [0, 1]; 0 without statements.
 * @see Guo et al., On Calibration of Modern Neural Networks, 2017
 */
export function expectedCalibrationError(statements: readonly ProbableStatement[], bins = 10): number {
  const gaps = reliability(statements, bins).map((bin) => bin.statements * Math.abs(bin.probability - bin.holding));
  return statements.length === 0 ? 0 : gaps.reduce((sum, gap) => sum + gap, 0) / statements.length;
}
