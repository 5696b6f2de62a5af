/** How long to wait before the next try to reach a process: longer each time, and a little different for each page. */

export const backoffMs = { first: 250, most: 5_000 } as const;

/**
 * Milliseconds before the next try.
 * @param failures tries in a row that came to nothing, from 1 on.
 * @param chance from 0 to 1.
 */
export function waitMs(failures: number, chance: number): number {
  const whole = Math.min(backoffMs.most, backoffMs.first * 2 ** (failures - 1));
  return Math.round(whole * (0.75 + chance / 4));
}
