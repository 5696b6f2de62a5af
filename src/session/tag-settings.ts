/**
 * Limits and times that sessions have while certain tags hold on them: which there may be, and what comes of several tags at once.
 * Knows tags by name alone; who puts them on, and when sessions are given what is found here, is decided elsewhere.
 */

import { LocalError } from '../local-error.ts';
import { checkedLimits, checkedTimes } from './checked-limits.ts';
import type { Limits, Times } from './limits.ts';

/** Of each limit that can change for one session in the middle of its life: those of the process, and of its transports, cannot. */
export const tagLimitNames = [
  'pendingPerSession',
  'pendingSoftRatio',
  'reservedPerSession',
  'listensPerSession',
  'questionsPerSession',
  'heldFramesPerSession',
  'heldBytesPerSession',
  'replayedSubscriptionsMax',
  'labelsPerSession',
  'labelCharactersMax',
] as const satisfies readonly (keyof Limits)[];

/** Times that begin before a session can have a tag are not among them. */
export const tagTimeNames = [
  'requestIdleMs',
  'requestAbsoluteMs',
  'pingMs',
  'sessionIdleMs',
  'sessionAgeMs',
  'drainMs',
  'recoveryMs',
  'interceptorMs',
] as const satisfies readonly (keyof Times)[];

/** What sessions have instead of the usual while a tag holds. */
export interface TagSetting {
  readonly limits?: Partial<Pick<Limits, (typeof tagLimitNames)[number]>>;
  readonly times?: Partial<Pick<Times, (typeof tagTimeNames)[number]>>;
}

/** By tag, one of our own or a label. */
export type TagSettings = Readonly<Record<string, TagSetting>>;

/**
 * A copy of what was asked for.
 * @throws LocalError INVALID_OPTION, which names what is wrong.
 */
export function checkedTagSettings(asked: TagSettings = {}): ReadonlyMap<string, Required<TagSetting>> {
  return new Map(
    Object.entries(asked).map(([tag, { limits, times }]) => {
      for (const name of Object.keys(limits ?? {})) requireName('limits', tagLimitNames, name);
      for (const name of Object.keys(times ?? {})) requireName('times', tagTimeNames, name);
      return [tag, { limits: checkedLimits(limits), times: checkedTimes(times) }];
    }),
  );
}

function requireName(group: string, names: readonly string[], name: string): void {
  if (names.includes(name)) return;
  throw new LocalError('INVALID_OPTION', `${group}.${name} cannot be set by tag; these can: ${names.join(', ')}.`);
}

/** What all of these say together. Where several say the same limit or time, the smallest of them is the one that holds. */
export function strictest(settings: readonly Required<TagSetting>[]): Required<TagSetting> {
  return {
    limits: smallest(settings.map(({ limits }) => limits)),
    times: smallest(settings.map(({ times }) => times)),
  };
}

function smallest<Name extends string>(
  all: readonly Readonly<Partial<Record<Name, number>>>[],
): Partial<Record<Name, number>> {
  const found: Partial<Record<Name, number>> = {};
  for (const values of all) {
    for (const name in values) found[name] = Math.min(found[name] ?? Infinity, values[name] ?? Infinity);
  }
  return found;
}
