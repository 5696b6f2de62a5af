/** How hot a state or an edge is beside the others of its chart: a step of the scale that the style sheet has colours for. */

export const heatSteps = 4;

/**
 * Counts and times of one chart lie orders of magnitude apart, so that a step is a share of the largest one's logarithm.
 * @returns 0 for nothing, up to `heatSteps` for the largest.
 */
export function heatOf(value: number, largest: number): number {
  if (!(value > 0) || !(largest > 0)) return 0;
  return Math.min(heatSteps, Math.ceil((Math.log1p(value) / Math.log1p(largest)) * heatSteps));
}
