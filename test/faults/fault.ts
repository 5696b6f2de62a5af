/** One way in which things go wrong, what it is on each way through the proxy, and what its requester is told there. */

import type { Stage, StageOptions } from './stage.ts';
import { type Way, allWays, ways } from './ways.ts';

export interface Fault {
  readonly name: string;
  /** What happens on each way where this can go wrong at all, in a few words. */
  readonly verdicts: Partial<Readonly<Record<Way, string>>>;
  /** Has a proxy to itself, since it ends it, or needs another one than all the others; on these ways, or on all. */
  readonly alone?: StageOptions & { readonly on?: readonly Way[] };
  /** Where it takes too long for every run of the tests: `npm run faults` makes it happen there, too. */
  readonly long?: readonly Way[];
  /** Why it cannot happen on the ways without a verdict, where it is not for what they lack. */
  readonly elsewhere?: string;
  /** Makes it happen; says what happened. */
  readonly run: (stage: Stage) => Promise<string>;
}

export interface Theme {
  readonly name: string;
  readonly faults: readonly Fault[];
}

/** The same on every one of these ways. */
export function everywhere(verdict: string, on: readonly Way[] = ways): Fault['verdicts'] {
  return Object.fromEntries(on.map((way) => [way, verdict]));
}

export const waysOf = ({ verdicts }: Fault): readonly Way[] => allWays.filter((way) => verdicts[way] !== undefined);

/** What every run of the tests has time for. */
export const testedWaysOf = (fault: Fault): readonly Way[] =>
  waysOf(fault).filter((way) => fault.long?.includes(way) !== true);

export const needsBroker = ({ alone }: Fault): boolean => alone?.hasBroker === true;
