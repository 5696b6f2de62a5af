/** The drawings of the session chart, as they were laid out when the project was built. */

import narrow from '../../layouts/session-narrow.json' with { type: 'json' };
import wide from '../../layouts/session-wide.json' with { type: 'json' };
import type { ChartLayout } from '../../layouts/chart-layout.ts';

/** One drawing for places of any width, and one that names the events and needs room for it. */
export interface ChartDrawings {
  readonly narrow: ChartLayout;
  readonly wide: ChartLayout;
}

// The compiler reads a pair of numbers in JSON as a list of them.
export const sessionChart = { narrow, wide } as unknown as ChartDrawings;
