/**
 * Checks the limits and times that somebody asks for, before anything is changed by them: a name that does not exist, and a
 * number that would switch a session off by accident, are told to whoever gave them. Knows no defaults.
 */

import { LocalError } from '../local-error.ts';
import type { Limits, Times } from './limits.ts';

interface Kind {
  readonly allowed: string;
  allows(value: number): boolean;
}

const some: Kind = {
  allowed: 'a whole number from 1, or Infinity',
  allows: (value) => value >= 1 && isWhole(value),
};
/** Where none at all is a sensible wish. */
const any: Kind = {
  allowed: 'a whole number from 0, or Infinity',
  allows: (value) => value >= 0 && isWhole(value),
};
const ratio: Kind = { allowed: 'a number above 0, up to 1', allows: (value) => value > 0 && value <= 1 };
const duration: Kind = { allowed: 'milliseconds above 0, or Infinity', allows: (value) => value > 0 };

const limitKinds: Readonly<Record<keyof Limits, Kind>> = {
  pendingPerSession: some,
  pendingTotal: some,
  pendingSoftRatio: ratio,
  reservedPerSession: some,
  reservedTotal: some,
  listensPerSession: any,
  listensTotal: any,
  questionsPerSession: any,
  questionsTotal: any,
  sessions: any,
  sessionsPerPrincipalRatio: ratio,
  frameBytesMax: some,
  bufferPauseBytes: some,
  bufferBytesMax: some,
  bufferBytesTotal: some,
  tombstonesPerSession: any,
  heldFramesPerSession: any,
  heldBytesPerSession: any,
  tasksPerSession: any,
  replayedSubscriptionsMax: any,
  labelsPerSession: any,
  labelCharactersMax: some,
};

const timeKinds: Readonly<Record<keyof Times, Kind>> = {
  initializeMs: duration,
  requestIdleMs: duration,
  requestAbsoluteMs: duration,
  pingMs: duration,
  sessionIdleMs: duration,
  sessionAgeMs: duration,
  drainMs: duration,
  recoveryMs: duration,
  interceptorMs: duration,
  halfOpenMs: duration,
};

/**
 * A copy of what was asked for, without what is `undefined`.
 * @throws LocalError INVALID_OPTION, which names the limit and what is allowed.
 */
export function checkedLimits(asked: Partial<Limits> = {}): Partial<Limits> {
  return checked('limits', limitKinds, asked);
}

/**
 * As `checkedLimits`.
 * @throws LocalError INVALID_OPTION, which names the time and what is allowed.
 */
export function checkedTimes(asked: Partial<Times> = {}): Partial<Times> {
  return checked('times', timeKinds, asked);
}

function checked<TName extends string>(
  group: string,
  kinds: Readonly<Record<TName, Kind>>,
  asked: Readonly<Partial<Record<TName, number>>>,
): Partial<Record<TName, number>> {
  const values: Partial<Record<TName, number>> = {};
  for (const [name, value] of Object.entries<unknown>(asked)) {
    if (!isNameOf(kinds, name)) {
      throw new LocalError('INVALID_OPTION', `${group} has no ${name}; it has ${Object.keys(kinds).join(', ')}.`);
    }
    if (value === undefined) continue;
    const kind = kinds[name];
    if (typeof value !== 'number' || !kind.allows(value)) {
      throw new LocalError('INVALID_OPTION', `${group}.${name} is ${shown(value)}; allowed is ${kind.allowed}.`);
    }
    values[name] = value;
  }
  return values;
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) || value === Infinity;
}

function isNameOf<TName extends string>(kinds: Readonly<Record<TName, Kind>>, name: string): name is TName {
  return Object.hasOwn(kinds, name);
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : `of type ${typeof value}`;
}
