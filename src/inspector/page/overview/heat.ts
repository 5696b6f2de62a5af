/** How hot a number is beside the greatest of its kind: steps of a logarithm, since some are a thousand times others. */

export const heatMost = 4;

/** From 0, which is nothing, to `heatMost`. */
export function heatOf(value: number, greatest: number): number {
  if (value <= 0 || greatest <= 0) return 0;
  const share = Math.log1p(value) / Math.log1p(Math.max(value, greatest));
  return Math.max(1, Math.round(share * heatMost));
}
