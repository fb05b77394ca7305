/**
 * Which of many tests stand when at most a share of those that are said to stand may be chance, by Benjamini and Hochberg: all whose p is at
 * most that of the largest rank r, counted from the smallest p, with p ≤ r / n · rate.
 * @param ps - probabilities in (0, 1]; of independent tests, or of tests that go together.
 * @param rate - the false discovery rate, for example 0.05.
 * @returns for each test whether it stands.
 * @see Benjamini and Hochberg, Controlling the False Discovery Rate, 1995
 */
export function discoveries(ps: readonly number[], rate: number): readonly boolean[] {
  const ranked = ps.toSorted((a, b) => a - b);
  const bound = ranked.findLast((p, index) => p <= ((index + 1) / ps.length) * rate) ?? -1;
  return ps.map((p) => p <= bound);
}
