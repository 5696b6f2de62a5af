/**
 * How time goes in a play: by the steps of the play alone, or as it goes for everybody. Virtual, everything that can happen without
 * time passing happens after each step; in real time a step waits, within limits, for what it is about to be there.
 */

import type { Clock } from '../../ports.ts';
import { systemClock } from '../../runtime/system-clock.ts';
import { VirtualClock } from '../virtual-clock.ts';
import type { Conversation } from './conversation.ts';
import type { Model } from './model.ts';
import type { Step } from './step.ts';
import type { RunningTarget, Target } from './target.ts';

export interface Pace {
  readonly clock: Clock;
  /** Something was written down. */
  noticed(): void;
  /** Waits until what the step is about is there, or cannot be expected to come any more. */
  awaitSubject(step: Step, model: Model): Promise<void>;
  /** Lets happen what can happen without time passing. */
  turn(running: RunningTarget, talk: Conversation): Promise<void>;
  letPass(ms: number, running: RunningTarget, talk: Conversation): Promise<void>;
}

/** How often everybody may go on speaking because somebody spoke, or because a timer fell due, within one step. */
const turnsMax = 200;

export function paceOf({ isVirtual }: Pick<Target, 'isVirtual'>, patienceMs: number): Pace {
  return isVirtual ? virtualPace() : realPace(patienceMs);
}

function virtualPace(): Pace {
  const clock = new VirtualClock();
  const turn = async (running: RunningTarget, talk: Conversation): Promise<void> => {
    for (let turns = 0; turns < turnsMax; turns++) {
      if (running.turn !== undefined) await running.turn();
      if (!talk.isAnythingDue) return;
      talk.flush();
    }
  };
  return {
    clock,
    noticed: () => undefined,
    awaitSubject: () => Promise.resolve(),
    turn,
    letPass: async (ms, running, talk) => {
      const end = clock.now() + ms;
      for (let turns = 0; turns < turnsMax && clock.nextAt <= end; turns++) {
        clock.advance(Math.max(0, clock.nextAt - clock.now()));
        await turn(running, talk);
      }
      clock.advance(Math.max(0, end - clock.now()));
      await turn(running, talk);
    },
  };
}

function realPace(patienceMs: number): Pace {
  const clock = systemClock();
  let onNotice: (() => void) | undefined;
  /** So much had been asked when somebody waited in vain: until more is asked nothing more comes of it. */
  let vainAt = -1;
  return {
    clock,
    noticed: () => onNotice?.(),
    awaitSubject: async (step, model) => {
      if (askedSoFar(model) === vainAt) return;
      const end = clock.now() + patienceMs;
      for (let left = patienceMs; left > 0 && isOnItsWay(step, model); left = end - clock.now()) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          onNotice = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        onNotice = undefined;
      }
      if (isOnItsWay(step, model)) vainAt = askedSoFar(model);
    },
    turn: () => Promise.resolve(),
    letPass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

/** What the step is about is not there yet, and something that was said may bring it. */
function isOnItsWay(step: Step, model: Model): boolean {
  const { do: what } = step;
  if (what === 'answer' || what === 'progress' || what === 'ask') {
    return model.askedOf('server').length === 0 && isAnybodyWaiting(model, 'client');
  }
  if (what === 'reply') return model.askedOf('client').length === 0 && isAnybodyWaiting(model, 'server');
  const isOfClient = what === 'request' || what === 'notify';
  return isOfClient && model.peers('client').some(({ handshake }) => handshake === 'begun');
}

/** What is cancelled may never be heard of again. */
function isAnybodyWaiting(model: Model, role: 'client' | 'server'): boolean {
  return model.peers(role).some(({ ours }) => ours.some(({ isCancelled }) => !isCancelled));
}

function askedSoFar(model: Model): number {
  return model.peers().reduce((sum, { idsUsed }) => sum + idsUsed.length, 0);
}
