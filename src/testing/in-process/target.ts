/** A proxy, server or client that runs in this process, as plays reach it: over links, and on a clock that plays move. */

import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Clock } from '../../ports.ts';
import type { RunningTarget, Stage, Target, TargetFacts, TargetFault } from '../play/target.ts';
import { type Link, linkPair } from './link.ts';

/** What code under test is given. */
export interface World {
  /** All its time must come from here: it moves by steps of the play alone. */
  readonly clock: Clock;
  /** Opens a connection to a server, which is the play. */
  readonly openServer: () => Link;
}

/** What the maker of code under test hands back. */
export interface UnderTest {
  /** A client, which is the play, has connected. Of a client under test never called. */
  accept?(link: Link, as: { readonly principal?: string }): void | Promise<void>;
  /** What it still holds, by name. All of it must be 0 when every connection has ended. */
  held?(): Readonly<Record<string, number>>;
  /** What of it was gone through so far: states, transitions, branches; for coverage. */
  visited?(): readonly string[];
  stop?(): void | Promise<void>;
}

export type Make = (world: World) => UnderTest | Promise<UnderTest>;

export interface InProcessOptions extends Partial<Omit<TargetFacts, 'kind'>> {
  readonly name?: string;
  /** What may go wrong: what a reliable transport may do to it, unless said otherwise. */
  readonly faults?: readonly TargetFault[];
  /** It does all it does at once, without promises: then plays go several times as fast. */
  readonly isSynchronous?: boolean;
}

/** What happens to connections that lose no messages. `drop` and `duplicate` are for transports that do. */
export const reliableFaults: readonly TargetFault[] = ['delay', 'slow-reader', 'cut', 'kill-server'];

export function inProcessTarget(kind: TargetFacts['kind'], make: Make, options: InProcessOptions = {}): Target {
  const { name = `a ${kind} in this process`, faults = reliableFaults, isSynchronous = false, ...facts } = options;
  return {
    era: 'session',
    isHttp: false,
    ...facts,
    kind,
    name,
    faults,
    isVirtual: true,
    start: async (stage) => running(stage, make, isSynchronous),
  };
}

async function running(stage: Stage, make: Make, isSynchronous: boolean): Promise<RunningTarget> {
  const { clock } = stage;
  const openServer = (): Link => {
    const { link, connection, bind } = linkPair(clock);
    bind(stage.serve(connection));
    return link;
  };
  const made = await make({ clock, openServer });
  const turn = async (): Promise<void> => {
    await nextTurn();
  };
  return {
    connect: async (events, as) => {
      const { link, connection, bind } = linkPair(clock);
      bind(events);
      await made.accept?.(link, as);
      return connection;
    },
    ...(isSynchronous ? {} : { turn }),
    settle: async () => {
      if (!isSynchronous) await nextTurn();
    },
    ...(made.held === undefined ? {} : { held: () => made.held!() }),
    ...(made.visited === undefined ? {} : { visited: () => made.visited!() }),
    stop: async () => {
      await made.stop?.();
    },
  };
}
