/** A ratio in percent, with one decimal. */
export function percent(ratio: number): string {
  return (100 * ratio).toFixed(1);
}

/** A difference of ratios in percent points, with its sign. */
export function signed(ratio: number): string {
  return `${ratio < 0 ? '−' : '+'}${percent(Math.abs(ratio))}`;
}
