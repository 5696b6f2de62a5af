/** How often a property is tried: moderately by default, as often as somebody wants by an environment variable. */

/** `standard` runs, times NINELIVES_RUNS: many for a night of looking, few where something is tried on every mutant. */
export function runs(standard: number): { readonly numRuns: number } {
  const factor = Number(process.env['NINELIVES_RUNS'] ?? '1');
  return { numRuns: Math.ceil(standard * factor) };
}
