/**
 * Any number of clients at one shared server, in any order: they ask, with ids and tokens that meet; they call off, leave and
 * come; the server answers in any order, tells of progress, dies and comes back. Every answer and every progress reaches the
 * request that it is about and nothing else, each request ends once, and nothing is left at the end.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Guest, type Message, SharedWorld, settled } from '../transports/shared-world.ts';
import { runs } from './runs.ts';

interface Call {
  readonly guest: Guest;
  readonly id: number;
  readonly mark: string;
  /** What the client has heard of it. */
  answers: number;
}

class Crowd extends SharedWorld {
  readonly guestsHere: Guest[] = [];
  readonly everybody: Guest[] = [];
  readonly calls: Call[] = [];
  /** What a client heard that is not its own, or once too often. */
  readonly breaches: string[] = [];
  #marks = 0;

  comes(): void {
    const guest = this.guest();
    this.guestsHere.push(guest);
    this.everybody.push(guest);
  }

  asks(guest: Guest, id: number): void {
    // A connection refuses an id that is in use, and that is not what is tried here.
    if (guest.endings.length > 0 || this.#waiting(guest).some((call) => call.id === id)) return;
    const mark = `m${++this.#marks}`;
    this.calls.push({ guest, id, mark, answers: 0 });
    guest.asks(id, 'tools/call', { mark, _meta: { progressToken: id } });
  }

  callsOff(guest: Guest, id: number): void {
    guest.sends({ method: 'notifications/cancelled', params: { requestId: id } });
    for (const call of this.#waiting(guest)) if (call.id === id) call.answers = Infinity;
  }

  leaves(guest: Guest): void {
    guest.leaves();
    this.guestsHere.splice(this.guestsHere.indexOf(guest), 1);
    for (const call of this.#waiting(guest)) call.answers = Infinity;
  }

  /** The server says something about one of the requests that it has heard of, answered or not. */
  speaks(at: number, isProgress: boolean): void {
    if (!this.server.isRunning) return;
    const calls = this.server.heard.filter(({ method }) => method === 'tools/call');
    const call = calls.at(-1 - (at % Math.max(1, calls.length)));
    if (call === undefined) return;
    const { mark, _meta } = call['params'] as {
      readonly mark: string;
      readonly _meta: { readonly progressToken: number };
    };
    if (isProgress) {
      const { progressToken } = _meta;
      this.server.says({ method: 'notifications/progress', params: { progressToken, progress: 1, message: mark } });
    } else this.server.says({ id: call['id'], result: { mark } });
  }

  dies(): void {
    if (this.server.isRunning) this.server.goesDown();
  }

  /** As often as it may: clients whose server died too often are gone. */
  comesBack(): void {
    this.clock.advance(1000);
    if (this.server.isRunning && this.server.closedBecause === undefined) this.server.comesUp();
    for (const guest of [...this.guestsHere]) if (guest.endings.length > 0) this.leaves(guest);
  }

  /** Looks at what every client has heard since, and whose it is. */
  checks(): void {
    for (const guest of this.everybody) for (const message of guest.takes()) this.#check(guest, message);
  }

  #check(guest: Guest, { id, method, params, result, error }: Message): void {
    if (method !== undefined) {
      const { progressToken, message } = params as { readonly progressToken: number; readonly message: string };
      const call = this.calls.find(({ mark }) => mark === message)!;
      if (call.guest !== guest || call.id !== progressToken) this.breaches.push(`progress of ${message}`);
      return;
    }
    const mark = (result as { readonly mark: string } | undefined)?.mark;
    const call =
      mark === undefined
        ? this.#waiting(guest).find((waiting) => waiting.id === id)
        : this.calls.find((made) => made.mark === mark);
    if (call?.guest !== guest || call.id !== id || call.answers > 0) this.breaches.push(`answer ${mark ?? String(id)}`);
    else if (error !== undefined && (error as { readonly code: number }).code !== 5020) this.breaches.push('error');
    else call.answers++;
  }

  #waiting(guest: Guest): readonly Call[] {
    return this.calls.filter((call) => call.guest === guest && call.answers === 0);
  }
}

const anyStep = fc.tuple(fc.nat(18), fc.nat(9), fc.nat(2));

async function play(steps: readonly (readonly [act: number, at: number, id: number])[]): Promise<void> {
  const world = new Crowd();
  world.comes();
  world.server.comesUp();
  await settled();
  for (const [act, at, id] of steps) {
    const guest = world.guestsHere[at % Math.max(1, world.guestsHere.length)];
    if (act === 0) world.comes();
    else if (act === 1 && guest !== undefined) world.leaves(guest);
    else if (act === 2 && guest !== undefined) world.callsOff(guest, id);
    else if (act === 3 && at > 8) world.dies();
    else if (act === 4) world.comesBack();
    else if (act < 11 && guest !== undefined) world.asks(guest, id);
    else world.speaks(at, act < 13);
    if (at % 3 === 0) await settled();
    world.checks();
  }
  for (const guest of [...world.guestsHere]) world.leaves(guest);
  world.dies();
  await settled();
  world.checks();
  const { pending, sessionsByState } = world.runtime.totals();
  expect(Object.values({ ...pending, ...sessionsByState }).filter((count) => count !== 0)).toEqual([]);
  expect([world.clock.pending, world.clock.errors]).toEqual([0, []]);
  expect([world.breaches, world.calls.filter(({ answers }) => answers === 0)]).toEqual([[], []]);
}

test('P4 P5 P18 R7 R8 whoever shares a server hears of its own requests only, and of each of them once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 80, size: 'max' }), async (steps) => play(steps)),
    runs(60),
  );
});
