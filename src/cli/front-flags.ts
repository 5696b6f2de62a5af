/** Flags about the connections and streams of a front that listens: how many, how long, how much is kept for clients that come back. */

import type { Command } from 'commander';
import {
  type FrontTuning,
  type HttpLimits,
  type HttpTimes,
  defaultHttpLimits,
  defaultHttpTimes,
} from '../transports/http-front-options.ts';
import { positive } from './positive.ts';

/** Each flag is the name of its limit or time in kebab case. */
const limitFlags = {
  connectionsMax: 'connections at once; further ones are told to come back later',
  headerBytesMax: 'largest size of all headers of a request in bytes',
  replayEventsMax: 'events of one session that are kept for a client that comes back',
  replayBytesMax: 'the same in bytes',
  replayTotalBytesMax: 'the same in bytes, of all sessions together',
} as const satisfies Partial<Record<keyof HttpLimits, string>>;

const timeFlags = {
  headersMs: 'time for a client to send the headers of a request',
  requestMs: 'time for a client to send the whole of a request',
  keepAliveMs: 'time that a connection without requests stays open',
  heartbeatMs: 'the longest that a stream is silent',
  streamAfterMs: 'time after which a request that waits is answered in a stream',
  resumableMs: 'time that what a client did not hear is kept for it',
  patienceMs: 'time that a client may take nothing of what waits for it',
} as const satisfies Partial<Record<keyof HttpTimes, string>>;

type LimitName = keyof typeof limitFlags;
type TimeName = keyof typeof timeFlags;

/** The limits and times that have a flag. */
export const frontFlagNames: readonly string[] = Object.keys({ ...limitFlags, ...timeFlags });

export type FrontFlags = Readonly<Partial<Record<LimitName | TimeName, number>>>;

/** What there is on WebSocket too, where a session is a connection. */
const ofConnections: readonly (LimitName | TimeName)[] = [
  'connectionsMax',
  'headerBytesMax',
  'headersMs',
  'heartbeatMs',
];

export function addFrontFlags(command: Command, front: 'http' | 'ws'): Command {
  command.optionsGroup('Connections and streams:');
  const usual = { ...defaultHttpLimits, ...defaultHttpTimes };
  for (const [name, what] of entriesOf({ ...limitFlags, ...timeFlags })) {
    if (front === 'ws' && !ofConnections.includes(name)) continue;
    command.option(`--${flagOf(name)} <n>`, `${what} (default: ${usual[name]})`, positive);
  }
  return command;
}

export function frontTuningOf(flags: FrontFlags): FrontTuning {
  return { limits: saidOf(flags, limitFlags), times: saidOf(flags, timeFlags) };
}

/** Without what was not said: a name whose value is undefined would take the place of the usual value. */
function saidOf<Name extends LimitName | TimeName>(
  flags: FrontFlags,
  texts: Readonly<Record<Name, string>>,
): Partial<Record<Name, number>> {
  const said: Partial<Record<Name, number>> = {};
  for (const [name] of entriesOf(texts)) {
    const value = flags[name];
    if (value !== undefined) said[name] = value;
  }
  return said;
}

/** `connectionsMax` is `connections-max`. */
export function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function entriesOf<Name extends string>(texts: Readonly<Record<Name, string>>): readonly (readonly [Name, string])[] {
  return Object.entries(texts) as [Name, string][];
}
