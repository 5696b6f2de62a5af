/** What a dry run of rules has counted, in lines for people. */

import { type DryRunReport, type Fates, fates } from '../rules/dry-run.ts';

/** Behind the summary: by rule, by session where that says more, and the first messages that would meet another fate. `unit`: what frames are numbered by. */
export function dryRunLines(
  { frames, byRule, bySession, examples }: DryRunReport,
  unit: 'frame' | 'line' = 'frame',
): readonly string[] {
  return [
    ...Object.entries(byRule).map(([id, acted]) => `  rule ${id}: ${ruleText(acted, frames)}`),
    ...Object.entries(bySession)
      .filter(([, { different }]) => different > 0)
      .map(([id, { next, frames: all }]) => `  session ${id}: ${would(next, all)}`),
    ...examples.map(
      ({ sessionId, frameId, method, current, next, rule }) =>
        `  ${unit} ${frameId} of session ${sessionId}${method === '' ? '' : `, ${method}`}: ${current} now, ${next} then${rule === undefined ? '' : ` (${rule})`}`,
    ),
  ];
}

/** A rule that tags or logs decides nothing about what becomes of a message. */
function ruleText(acted: Fates, frames: number): string {
  const isHarmless = fates.every((fate) => fate === 'pass' || acted[fate] === undefined);
  return isHarmless ? `means ${acted.pass ?? 0} of ${frames}, and lets them pass` : would(acted, frames);
}

/** `would block 3 of 812, delay 1 of 812`. */
export function would(acted: Fates, frames: number): string {
  const said = fates.flatMap((fate) => {
    const times = acted[fate] ?? 0;
    return fate === 'pass' || times === 0 ? [] : [`${fate} ${times} of ${frames}`];
  });
  return said.length === 0 ? 'would change nothing' : `would ${said.join(', ')}`;
}
