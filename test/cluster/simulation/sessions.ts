/** The sessions of a simulated cluster: they count what they did, and answer some frames in several parts. */

import type { Grant, OwnedSession, SessionHost } from '../../../src/cluster/owned-session.ts';
import { decodeText, encodeText } from '../../../src/protocol/text.ts';
import type { Machine } from './machine.ts';
import type { Oracle } from './oracle.ts';
import type { World } from './world.ts';

/** Frames are numbered, and every fourth is answered in so many parts before the last. */
export function partsOf(frame: string): number {
  const number = Number(frame.slice(1));
  return number % 4 === 0 ? (number % 5) + 1 : 0;
}

/** Sessions on processes: their state is gone with them. */
export function isProcess(key: string): boolean {
  return key.startsWith('p');
}

export function sessionsOn(machine: Machine, world: World, oracle: Oracle): SessionHost {
  return { open: (grant) => new CountingSession(grant, machine, world, oracle) };
}

class CountingSession implements OwnedSession {
  readonly isRecoverable: boolean;
  readonly #grant: Grant;
  readonly #machine: Machine;
  readonly #world: World;
  readonly #oracle: Oracle;
  #count: number;
  #isStopped = false;

  constructor(grant: Grant, machine: Machine, world: World, oracle: Oracle) {
    this.#grant = grant;
    this.#machine = machine;
    this.#world = world;
    this.#oracle = oracle;
    this.isRecoverable = !isProcess(grant.key);
    this.#count = Number(grant.snapshot ?? 0);
    if (grant.snapshot === undefined && this.isRecoverable) oracle.openedAnew(grant.key);
  }

  handle: OwnedSession['handle'] = async (bytes, answer) => {
    const frame = decodeText(bytes);
    this.#oracle.frameExecuted(frame, this.#machine.name, this.#grant.key, this.#grant.epoch);
    for (let part = 0; part < partsOf(frame); part += 1) {
      await this.#machine.wait(this.#world.between(0, 60));
      await answer.write(encodeText(`${frame}/${part}`));
    }
    await this.#machine.wait(this.#world.between(0, 200));
    if (this.#isStopped) throw new Error('stopped');
    this.#count += 1;
    const count = String(this.#count);
    if (this.isRecoverable) await this.#grant.save(count);
    return encodeText(count);
  };

  stop(): void {
    this.#isStopped = true;
  }
}
