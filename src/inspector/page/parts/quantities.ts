/** Ages and rates as a table shows them: short, and so coarse that they do not flicker. */

import { spokenMs } from '../session/spoken.ts';

/** In whole seconds, then minutes: `0 s`, `43 s`, `4 min`, `3 h 20 min`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return seconds < 120 ? `${seconds} s` : spokenMs(Math.floor(seconds / 60) * 60_000);
}

/** `0`, `0.4`, `12`, `1200`. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0';
  return perSecond < 9.95 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}
