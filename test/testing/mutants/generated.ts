/**
 * Wrong proxies by the hundred: the careful proxy with one or two mutations, each of which does something to messages of a kind, or to
 * what is kept, under conditions. A seed makes the same ones again. Knows nothing of how they are found out.
 */
import fc from 'fast-check';
import type { Link } from '../../../src/testing/in-process/link.ts';
import type { WireMessage } from '../../../src/testing/play/history.ts';
import { CarefulSession, type Id, pendingMax } from './careful-proxy.ts';

const kinds = ['request', 'cancellation', 'reply', 'response', 'question', 'progress'] as const;
const deeds = [
  'drop',
  'twice',
  'late',
  'as text',
  'under another id',
  'without version',
  'misroute',
  'broadcast',
] as const;
const faults = [
  'sessions are kept',
  'requests are kept',
  'one more may wait',
  'one fewer may wait',
  'refusals are silent',
  'losses are silent',
  'no handshake again',
  'never connects again',
] as const;

type Kind = (typeof kinds)[number];
type Deed = (typeof deeds)[number];
type Fault = (typeof faults)[number];

/** When it happens. What is left out is no condition. */
interface Condition {
  /** Only at the nth occasion of its session, from 1; or from that on. */
  readonly nth?: number;
  readonly from?: number;
  readonly pendingMin?: number;
  readonly sessionsMin?: number;
  readonly isAfterLoss?: true;
}

type Mutation = ({ readonly kind: Kind; readonly deed: Deed } | { readonly fault: Fault }) & {
  readonly when: Condition;
};

export interface GeneratedMutant {
  /** For people. */
  readonly name: string;
  readonly era: 'session' | 'stateless';
  readonly mutations: readonly Mutation[];
}

const small = fc.integer({ min: 2, max: 3 });
const when: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ nth: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ from: small }) },
  { weight: 1, arbitrary: fc.record({ pendingMin: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ sessionsMin: fc.constant(2) }) },
  { weight: 1, arbitrary: fc.record({ isAfterLoss: fc.constant(true as const) }) },
  { weight: 1, arbitrary: fc.record({ from: fc.constant(2), sessionsMin: fc.constant(2) }) },
);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom(...kinds), deed: fc.constantFrom(...deeds), when }) },
  { weight: 2, arbitrary: fc.record({ fault: fc.constantFrom(...faults), when }) },
);
const mutant = fc
  .record({
    era: fc.constantFrom('session' as const, 'session' as const, 'stateless' as const),
    mutations: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(mutation) },
      { weight: 1, arbitrary: fc.tuple(mutation, mutation) },
    ),
  })
  .filter(({ era, mutations }) => era === 'session' || mutations.every((one) => isOfStateless(one)));

/** So many different ones, always the same for the same seed. */
export function generatedMutants(count: number, seed: number): readonly GeneratedMutant[] {
  const all = new Map<string, GeneratedMutant>();
  for (let round = 0; all.size < count; round++) {
    for (const { era, mutations } of fc.sample(mutant, { numRuns: count, seed: seed + round })) {
      const name = `${mutations.map(nameOf).join(', and ')}${era === 'session' ? '' : ', without sessions'}`;
      if (all.size < count) all.set(name, { name, era, mutations });
    }
  }
  return [...all.values()];
}

/** Where there are no sessions servers ask nothing, and hands are not shaken. */
function isOfStateless(one: Mutation): boolean {
  return 'kind' in one ? one.kind !== 'question' && one.kind !== 'reply' : one.fault !== 'no handshake again';
}

function nameOf(one: Mutation): string {
  const { nth, from, pendingMin, sessionsMin, isAfterLoss } = one.when;
  const conditions = [
    ...(nth === undefined ? [] : [`at no. ${nth}`]),
    ...(from === undefined ? [] : [`from no. ${from} on`]),
    ...(pendingMin === undefined ? [] : [`while ${pendingMin} wait`]),
    ...(sessionsMin === undefined ? [] : [`with ${sessionsMin} sessions`]),
    ...(isAfterLoss === undefined ? [] : ['after a loss']),
  ];
  return [`kind` in one ? `${one.kind}: ${one.deed}` : one.fault, ...conditions].join(' ');
}

/** @param onAct is told each time a mutation does something. */
export function sessionOf({ mutations }: GeneratedMutant, onAct: () => void): typeof CarefulSession {
  return class extends Mutated {
    override readonly mutations = mutations;
    override readonly onAct = onAct;
  };
}

class Mutated extends CarefulSession {
  readonly mutations: readonly Mutation[] = [];
  readonly onAct: () => void = () => {};
  readonly #occasions = new Map<Mutation, number>();
  #losses = 0;
  readonly #real: Link;

  constructor(...[proxy, client]: ConstructorParameters<typeof CarefulSession>) {
    super(proxy, new MutatedLink(client, (message) => this.out(message, 'client')));
    this.#real = client;
  }

  override begin(): void {
    super.begin();
    const { onmessage, onclose } = this.client;
    this.#real.onclose = onclose;
    this.#real.onmessage = onmessage;
  }

  override connect(): void {
    super.connect();
    const real = this.server!;
    this.server = new MutatedLink(real, (message) => this.out(message, 'server'));
  }

  /** What is sent in the place of the message, and to whom. */
  out(message: WireMessage, side: 'client' | 'server'): void {
    const kind = kindOf(message, side);
    const own = this.linkTo(side);
    const one = this.mutations.find(
      (candidate) => 'kind' in candidate && candidate.kind === kind && this.isNow(candidate),
    );
    if (one === undefined || !('kind' in one) || own === undefined) return own?.give(message);
    const others = [...this.proxy.sessions]
      .filter((session) => session !== this)
      .flatMap((session) => (session as Mutated).linkTo(side) ?? []);
    const renamed = renamedBy(one.deed, message);
    // What is a text already is the same as a text.
    if (JSON.stringify(renamed) === JSON.stringify(message)) return own.give(message);
    this.onAct();
    switch (one.deed) {
      case 'drop':
        return;
      case 'twice':
        own.give(message);
        return own.give(message);
      case 'late':
        return own.keep(message);
      case 'as text':
      case 'under another id':
        return own.give(renamed ?? message);
      case 'without version': {
        const { jsonrpc: _lost, ...rest } = message;
        return own.give(rest);
      }
      case 'misroute':
        return (others[0] ?? own).give(message);
      case 'broadcast':
        for (const link of [own, ...others]) link.give(message);
    }
  }

  linkTo(side: 'client' | 'server'): MutatedLink | undefined {
    const link = side === 'client' ? this.client : this.server;
    return link instanceof MutatedLink ? link : undefined;
  }

  isNow(one: Mutation): boolean {
    const { nth, from, pendingMin = 0, sessionsMin = 0, isAfterLoss } = one.when;
    const { pending, proxy } = this;
    if (pending.size < pendingMin || proxy.sessions.size < sessionsMin) return false;
    if (isAfterLoss === true && this.#losses === 0) return false;
    const occasion = (this.#occasions.get(one) ?? 0) + 1;
    this.#occasions.set(one, occasion);
    return nth === undefined ? occasion >= (from ?? 1) : occasion === nth;
  }

  has(fault: Fault): boolean {
    const one = this.mutations.find((candidate) => 'fault' in candidate && candidate.fault === fault);
    if (one === undefined || !this.isNow(one)) return false;
    this.onAct();
    return true;
  }

  override isFull(): boolean {
    const waiting = this.pending.size;
    if (waiting === pendingMax && this.has('one more may wait')) return false;
    if (waiting === pendingMax - 1 && this.has('one fewer may wait')) return true;
    return super.isFull();
  }

  override refuse(id: Id, text: string): void {
    if (!this.has('refusals are silent')) super.refuse(id, text);
  }

  override answer(message: WireMessage, id: Id): void {
    const entry = this.pending.get(id);
    super.answer(message, id);
    if (entry !== undefined && this.has('requests are kept')) this.pending.set(id, entry);
  }

  override shakeHands(hello: WireMessage): void {
    if (!this.has('no handshake again')) super.shakeHands(hello);
  }

  override pass(message: WireMessage): void {
    if (this.server !== undefined || !this.has('never connects again')) super.pass(message);
  }

  override serverGone(): void {
    this.#losses++;
    if (this.pending.size > 0 && this.has('losses are silent')) this.pending.clear();
    super.serverGone();
  }

  override clientGone(): void {
    super.clientGone();
    if (this.has('sessions are kept')) this.proxy.sessions.add(this);
  }
}

/** Sends what it is told to, and keeps what is to come late until something else was sent. */
class MutatedLink implements Link {
  onmessage: ((message: WireMessage) => void) | undefined = undefined;
  onclose: (() => void) | undefined = undefined;
  readonly #real: Link;
  readonly #out: (message: WireMessage) => void;
  #kept: WireMessage[] = [];

  constructor(real: Link, out: (message: WireMessage) => void) {
    this.#real = real;
    this.#out = out;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  send(message: WireMessage): Promise<void> {
    this.#out(message);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.#real.close();
  }

  give(message: WireMessage): void {
    const kept = this.#kept;
    this.#kept = [];
    // A link that is closed by now takes nothing.
    for (const one of [message, ...kept]) this.#real.send(one).catch(() => {});
  }

  keep(message: WireMessage): void {
    this.#kept.push(message);
  }
}

function kindOf({ method, id }: WireMessage, side: 'client' | 'server'): Kind | undefined {
  if (method === undefined) return side === 'client' ? 'response' : 'reply';
  if (id !== undefined) return side === 'client' ? 'question' : 'request';
  if (method === 'notifications/cancelled') return 'cancellation';
  return method === 'notifications/progress' ? 'progress' : undefined;
}

function renamedBy(deed: Deed, message: WireMessage): WireMessage | undefined {
  if (deed === 'as text') return withId(message, (id) => `${id}`);
  if (deed !== 'under another id') return undefined;
  return withId(message, (id) => (typeof id === 'number' ? id + 1 : `${id}0`));
}

/** The id that it has, names or tells of, as something else. */
function withId(message: WireMessage, changed: (id: Id) => Id): WireMessage {
  const { id, method, params } = message;
  if (method === 'notifications/cancelled')
    return { ...message, params: { ...params, requestId: changed(params!['requestId'] as Id) } };
  if (method === 'notifications/progress')
    return { ...message, params: { ...params, progressToken: changed(params!['progressToken'] as Id) } };
  return { ...message, id: changed(id!) };
}
