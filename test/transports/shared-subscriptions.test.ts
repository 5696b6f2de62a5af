import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Steps } from '../../src/transports/shared-ask.ts';
import { SharedSubscriptions } from '../../src/transports/shared-subscriptions.ts';
import { runs } from '../properties/runs.ts';
import { askOf, inShort, memberOf } from './shared-asks.ts';
import { textOf } from './shared-world.ts';

const [alice, bob, carol] = [memberOf(1), memberOf(2), memberOf(3)];
const uri = 'file:///a';
const nothing = { answers: [], sends: [], unsubscribes: [] };
const wants = (member: typeof alice, id: number, what = uri) => askOf(member, id, 'resources/subscribe', { uri: what });
const ends = (member: typeof alice, id: number, what = uri) =>
  askOf(member, id, 'resources/unsubscribe', { uri: what });
const holders = (shared: SharedSubscriptions, what = uri): readonly number[] =>
  [...shared.holdersOf(what)].map(({ number }) => number);

/** Everybody of these holds the resource. */
function heldBy(...members: readonly (typeof alice)[]): SharedSubscriptions {
  const shared = new SharedSubscriptions();
  for (const member of members) {
    shared.subscribe(wants(member, member.number), uri);
    shared.answered(member.number, false);
  }
  return shared;
}

describe('a subscription', () => {
  test('is made at the server once, and who comes meanwhile waits for the answer', () => {
    const shared = new SharedSubscriptions();
    expect(inShort(shared.subscribe(wants(alice, 1), uri))).toEqual({ ...nothing, sends: [1] });
    expect(inShort(shared.subscribe(wants(bob, 2), uri))).toEqual(nothing);
    expect(holders(shared)).toEqual([]);
    expect(inShort(shared.answered(99, false))).toEqual(nothing);
    expect(inShort(shared.answered(2, false))).toEqual(nothing);
    const granted = shared.answered(1, false);
    expect(inShort(granted)).toEqual({ ...nothing, answers: [2] });
    expect(granted.answers!.map(({ member, message }) => [member.number, textOf([message])])).toEqual([
      [2, '{"jsonrpc":"2.0","id":2,"result":{}}'],
    ]);
    expect(inShort(shared.subscribe(wants(carol, 3), uri))).toEqual({ ...nothing, answers: [3] });
    expect(holders(shared)).toEqual([1, 2, 3]);
  });

  test('that the server refuses is asked for by the next one', () => {
    const shared = new SharedSubscriptions();
    for (const member of [alice, bob]) shared.subscribe(wants(member, member.number), uri);
    expect(inShort(shared.answered(1, true))).toEqual({ ...nothing, sends: [2] });
    expect(inShort(shared.answered(2, true))).toEqual(nothing);
    expect(inShort(shared.subscribe(wants(carol, 3), uri))).toEqual({ ...nothing, sends: [3] });
  });

  test('ends at the server with the last who holds it', () => {
    const shared = heldBy(alice, bob);
    expect(inShort(shared.unsubscribe(ends(alice, 3), uri))).toEqual({ ...nothing, answers: [3] });
    expect(inShort(shared.unsubscribe(ends(alice, 4), uri))).toEqual({ ...nothing, answers: [4] });
    expect(holders(shared)).toEqual([2]);
    expect(inShort(shared.unsubscribe(ends(bob, 5), uri))).toEqual({ ...nothing, sends: [5] });
    expect(inShort(shared.unsubscribe(ends(bob, 6), uri))).toEqual({ ...nothing, sends: [6] });
    expect(holders(shared)).toEqual([]);
  });

  test('ends with the member that leaves, where that is the last', () => {
    const shared = heldBy(alice, bob);
    expect(inShort(shared.left(alice))).toEqual(nothing);
    expect(inShort(shared.left(bob))).toEqual({ ...nothing, unsubscribes: [uri] });
    expect(inShort(shared.left(bob))).toEqual(nothing);
  });

  test('that its member does not want any more when the answer comes is given back', () => {
    const shared = new SharedSubscriptions();
    shared.subscribe(wants(alice, 1), uri);
    expect(inShort(shared.unsubscribe(ends(alice, 2), uri))).toEqual({ ...nothing, answers: [2] });
    expect(inShort(shared.answered(1, false))).toEqual({ ...nothing, unsubscribes: [uri] });
  });

  test('that its member wants again by then is kept', () => {
    const shared = new SharedSubscriptions();
    shared.subscribe(wants(alice, 1), uri);
    shared.unsubscribe(ends(alice, 2), uri);
    shared.subscribe(wants(alice, 3), uri);
    expect(inShort(shared.answered(1, false))).toEqual({ ...nothing, answers: [3] });
    expect(holders(shared)).toEqual([1]);
    expect(inShort(shared.left(alice))).toEqual({ ...nothing, unsubscribes: [uri] });
  });

  test('that is called off while it waits was never asked for; while the server works on it, the next one is asked', () => {
    const shared = new SharedSubscriptions();
    for (const member of [alice, bob, carol]) shared.subscribe(wants(member, member.number), uri);
    expect(shared.calledOff(2)).toBe(undefined);
    expect(inShort(shared.calledOff(1)!)).toEqual({ ...nothing, sends: [3] });
    expect(inShort(shared.calledOff(1)!)).toEqual(nothing);
    expect(inShort(shared.calledOff(3)!)).toEqual({ ...nothing, unsubscribes: [uri] });
    expect(inShort(shared.answered(3, false))).toEqual(nothing);
  });

  test('that a member leaves behind is asked for by the next one', () => {
    const shared = new SharedSubscriptions();
    for (const member of [alice, bob, carol]) shared.subscribe(wants(member, member.number), uri);
    expect(inShort(shared.left(bob))).toEqual(nothing);
    expect(inShort(shared.left(alice))).toEqual({ ...nothing, sends: [3] });
    expect(inShort(shared.left(carol))).toEqual({ ...nothing, unsubscribes: [uri] });
  });
});

describe('who hears of a resource', () => {
  test('asked for it, or for what it is a part of', () => {
    const shared = new SharedSubscriptions();
    ['file:///a', 'file:///a/', 'file:///a/b?c', 'file:///'].forEach((what, id) => {
      shared.subscribe(wants(memberOf(id), id, what), what);
      shared.answered(id, false);
    });
    expect(holders(shared, 'file:///a')).toEqual([0, 3]);
    expect(holders(shared, 'file:///a/b?c')).toEqual([2, 3, 0, 1]);
    expect(holders(shared, 'file:///a#part')).toEqual([3, 0]);
    expect(holders(shared, 'file:///ab')).toEqual([3]);
    expect(holders(shared, 'http:///a')).toEqual([]);
  });
});

test('a member has a limit of its own, and is told so', () => {
  const shared = new SharedSubscriptions();
  for (let id = 0; id < 1000; id++) {
    const what = `file:///${id}`;
    shared.subscribe(wants(alice, id, what), what);
    shared.answered(id, false);
  }
  const { answers = [], sends } = shared.subscribe(wants(alice, 1000, 'one more'), 'one more');
  expect(sends).toBe(undefined);
  expect(JSON.parse(textOf([answers[0]!.message]))).toMatchObject({
    id: 1000,
    error: { code: 4290, data: { limit: 1000 } },
  });
  expect(inShort(shared.subscribe(wants(alice, 1001, 'file:///0'), 'file:///0'))).toMatchObject({ answers: [1001] });
  expect(inShort(shared.subscribe(wants(bob, 1002, 'one more'), 'one more'))).toMatchObject({ sends: [1002] });
  shared.unsubscribe(ends(alice, 1003, 'file:///0'), 'file:///0');
  expect(inShort(shared.subscribe(wants(alice, 1004, 'another'), 'another'))).toMatchObject({ sends: [1004] });
});

/** A server that does as it is told in order, and members who do as they like; what each should hear, said plainly. */
class Plainly {
  readonly shared = new SharedSubscriptions();
  readonly members = [memberOf(1), memberOf(2), memberOf(3)];
  readonly hasLeft = new Set<number>();
  /** Requests at the server that it has not answered. */
  readonly atServer: { readonly id: number; readonly uri: string; readonly isWanted: boolean }[] = [];
  /** What the server reports on: requests count when it answers them. */
  readonly served = new Set<string>();
  /** What each member has been granted and has not given back, and asked for last. */
  readonly wanted = new Map<string, number>();
  readonly open = new Map<number, { readonly member: number; readonly uri: string; readonly isWanted: boolean }>();
  #ids = 0;

  does(act: number, memberAt: number, uriAt: number): void {
    const member = this.members[memberAt]!;
    const what = ['a', 'b'][uriAt]!;
    if (act >= 6) {
      this.serverAnswers(act === 9);
      return;
    }
    if (this.hasLeft.has(memberAt)) return;
    if (act === 5) {
      this.hasLeft.add(memberAt);
      for (const [id, { member: asker }] of this.open) if (asker === memberAt) this.open.delete(id);
      for (const key of [...this.wanted.keys()]) if (key.endsWith(`/${memberAt}`)) this.wanted.delete(key);
      this.perform(this.shared.left(member));
      return;
    }
    if (act === 4) {
      const [id] = [...this.open].find(([, { member: asker, isWanted }]) => asker === memberAt && isWanted) ?? [];
      if (id === undefined) return;
      this.open.delete(id);
      this.perform(this.shared.calledOff(id) ?? {});
      return;
    }
    const id = ++this.#ids;
    const isWanted = act < 3;
    this.open.set(id, { member: memberAt, uri: what, isWanted });
    if (isWanted) this.perform(this.shared.subscribe(wants(member, id, what), what));
    else {
      this.wanted.delete(`${what}/${memberAt}`);
      for (const asked of [...this.open]) {
        if (asked[1].member === memberAt && asked[1].uri === what && asked[1].isWanted) {
          this.open.set(asked[0], { ...asked[1], uri: `not ${what}` });
        }
      }
      this.perform(this.shared.unsubscribe(ends(member, id, what), what));
    }
  }

  serverAnswers(refuses: boolean): void {
    const request = this.atServer.shift();
    if (request === undefined) return;
    // What it has granted before it does not refuse.
    const isError = refuses && request.isWanted && !this.served.has(request.uri);
    if (!isError) {
      if (request.isWanted) this.served.add(request.uri);
      else this.served.delete(request.uri);
    }
    if (request.id > 0) this.answers(request.id, isError);
    this.perform(this.shared.answered(request.id, isError));
  }

  answers(id: number, isError: boolean): void {
    const asked = this.open.get(id);
    if (asked === undefined) return;
    this.open.delete(id);
    if (!isError && asked.isWanted) this.wanted.set(`${asked.uri}/${asked.member}`, id);
  }

  perform({ answers = [], sends = [], unsubscribes = [] }: Steps): void {
    for (const { message } of answers) {
      const { id } = JSON.parse(textOf([message])) as { readonly id: number };
      if (!this.hasLeft.has(this.open.get(id)?.member ?? -1)) this.answers(id, false);
    }
    for (const { id, frame } of sends) {
      const { params } = JSON.parse(textOf([frame.bytes])) as { readonly params: { readonly uri: string } };
      const isWanted = frame.envelope.method === 'resources/subscribe';
      this.atServer.push({ id: id as number, uri: params.uri, isWanted });
    }
    for (const what of unsubscribes) this.atServer.push({ id: 0, uri: what, isWanted: false });
  }

  /** Who should hear of the resource. */
  heirs(what: string): readonly number[] {
    return this.members.flatMap(({ number }, at) => (this.wanted.has(`${what}/${at}`) ? [number] : []));
  }
}

test('whatever members ask, give up and leave behind, each hears of what it holds and the server of nothing else', () => {
  const anyStep = fc.tuple(fc.nat(9), fc.nat(2), fc.nat(1));
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      const world = new Plainly();
      for (const step of steps) {
        world.does(...step);
        for (const what of ['a', 'b']) {
          expect(new Set(holders(world.shared, what))).toEqual(new Set(world.heirs(what)));
        }
      }
      while (world.atServer.length > 0) world.serverAnswers(false);
      expect([...world.open]).toEqual([]);
      for (const what of ['a', 'b']) expect(world.served.has(what)).toBe(world.heirs(what).length > 0);
    }),
    runs(300),
  );
});
