/**
 * What a session has to do, said a second time and as plainly as possible: maps, arrays and a few ifs, no chart, no unit of
 * work, no timers. Given a step it says who hears what and which requests end how. Knows nothing of the code under test;
 * interceptors, slow readers and idle deadlines are left to the laws that need no prediction.
 */
import type { RequestId } from '../../src/protocol/envelope.ts';
import type { Outcome } from '../../src/session/outcomes.ts';

export type Side = 'client' | 'server';

/** One thing that a peer, the operator or time does. */
export type Step =
  | {
      readonly do: 'ask';
      readonly by: Side;
      readonly id: RequestId;
      readonly method: string;
      readonly token?: RequestId;
    }
  | {
      readonly do: 'answer';
      readonly by: Side;
      readonly id: RequestId;
      readonly isError: boolean;
      /** Under the id that the requester gave, also where the request that waits was sent on under another. */
      readonly isLate?: boolean;
    }
  | { readonly do: 'cancel'; readonly by: Side; readonly id: RequestId }
  | { readonly do: 'progress'; readonly by: Side; readonly token: RequestId; readonly isLate?: boolean }
  | { readonly do: 'notify'; readonly by: Side; readonly number: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'lose' }
  | { readonly do: 'return' }
  /** The server that came back answers the replayed handshake: as before, or as another server would. */
  | { readonly do: 'reply'; readonly asAnother: boolean }
  | { readonly do: 'half-close' }
  | { readonly do: 'leave' }
  | { readonly do: 'close' }
  | { readonly do: 'drain' };

/**
 * A message by what matters: `ask ID`, `result ID`, `error ID CODE` (0: the peer's own), `cancel ID`, `progress TOKEN`. `~ID`: a name
 * of the session's own that stands for ID.
 */
export type Heard = string;

export interface Expected {
  readonly client: readonly Heard[];
  readonly server: readonly Heard[];
  /** `SIDE ID OUTCOME` for each request that ended, by who had asked. */
  readonly settled: readonly string[];
  /** What was counted besides: a frame that came too late, twice, or out of nowhere. */
  readonly noted: readonly string[];
}

interface Asked {
  readonly id: RequestId;
  readonly method: string;
  readonly at: number;
  readonly deadlineMs: number;
  readonly token: RequestId | undefined;
  /** Its id might still be answered on behalf of an earlier request: it goes on under another. */
  readonly isRenamed: boolean;
  /** It waits with us because the server is away. */
  isHeld: boolean;
}

interface Noted {
  readonly heard: Heard;
  /** The token of a progress notification. */
  readonly token: RequestId | undefined;
}

export interface PlainLimits {
  readonly pending: number;
  readonly reserved: number;
  /** Of the server, whatever it asks. */
  readonly questions: number;
  readonly held: number;
}

export interface PlainTimes {
  readonly initializeMs: number;
  readonly pingMs: number;
  readonly absoluteMs: number;
  readonly drainMs: number;
  readonly recoveryMs: number;
}

export type Phase = 'initializing' | 'serving' | 'recovering' | 'shuttingDown' | 'ended';

const said = (id: RequestId): string => JSON.stringify(id);
const sentAs = ({ id, isRenamed }: Asked): string => (isRenamed ? `~${said(id)}` : said(id));
const sentToken = ({ token, isRenamed }: Asked): RequestId | undefined =>
  token === undefined || !isRenamed ? token : `~${token}`;
const other = (side: Side): Side => (side === 'client' ? 'server' : 'client');

export class PlainSession {
  phase: Phase = 'initializing';
  now = 0;
  readonly #limits: PlainLimits;
  readonly #times: PlainTimes;
  readonly #restarts: boolean;
  readonly #asked: Record<Side, Map<RequestId, Asked>> = { client: new Map(), server: new Map() };
  /** Tokens of requests that have ended, by who had asked; a later end of another request with the token renews it. */
  readonly #retired = new Map<RequestId, Side>();
  /** What the client said while the server is away, in order; a request stands there by its id. */
  #held: (Asked | Noted)[] = [];
  /** Ids that were given up while their peer worked on them, by who had asked. */
  readonly #abandoned: Record<Side, Set<RequestId>> = { client: new Set(), server: new Set() };
  #wasServerLost = false;
  #isServerUp = false;
  #isClientInputOpen = true;
  #hasHandshake = false;
  /** The replayed handshake is with the server. */
  #isReplaying = false;
  #phaseUntil = Infinity;
  #client: Heard[] = [];
  #server: Heard[] = [];
  #settled: string[] = [];
  #noted: string[] = [];
  /** How requests ended, by who had asked: the last under each id. */
  readonly #ended: Record<Side, Map<RequestId, Outcome>> = { client: new Map(), server: new Map() };

  constructor(limits: PlainLimits, times: PlainTimes, restarts: boolean) {
    this.#limits = limits;
    this.#times = times;
    this.#restarts = restarts;
  }

  get waiting(): readonly string[] {
    const of = (side: Side): string[] => [...this.#asked[side].keys()].map((id) => `${side} ${said(id)}`);
    return [...of('client'), ...of('server')].sort();
  }

  /** A server that has not said yes to the handshake has nothing else to say. */
  get canServerSpeak(): boolean {
    return this.#isServerUp;
  }

  get isReplaying(): boolean {
    return this.#isReplaying;
  }

  /** The request that waits under this id of its requester went on under another. */
  isRenamed(asker: Side, id: RequestId): boolean {
    return this.#asked[asker].get(id)?.isRenamed === true;
  }

  /** The same, of a request that wants progress under this token. */
  hasRenamedToken(asker: Side, token: RequestId): boolean {
    return [...this.#asked[asker].values()].some((asked) => asked.isRenamed && asked.token === token);
  }

  take(step: Step): Expected {
    this.#client = [];
    this.#server = [];
    this.#settled = [];
    this.#noted = [];
    if (this.phase !== 'ended') this.#apply(step);
    if (step.do === 'wait') this.now += step.ms;
    return {
      client: this.#client.sort(),
      server: this.#server.sort(),
      settled: this.#settled.sort(),
      noted: this.#noted.sort(),
    };
  }

  #apply(step: Step): void {
    if ('by' in step && step.by === 'server' && !this.#isServerUp) return;
    switch (step.do) {
      case 'ask':
        if (step.by === 'client') this.#clientAsks(step);
        else this.#serverAsks(step);
        break;
      case 'answer':
        this.#answer(step);
        break;
      case 'cancel':
        this.#cancel(step);
        break;
      case 'progress':
        this.#progress(step);
        break;
      case 'notify':
        this.#notify(step);
        break;
      case 'wait':
        this.#wait(this.now + step.ms);
        break;
      case 'lose':
        this.#lose();
        break;
      case 'return':
        this.#return();
        break;
      case 'reply':
        this.#reply(step.asAnother);
        break;
      case 'half-close':
        this.#halfClose();
        break;
      case 'leave':
        this.#end('client-gone', undefined);
        break;
      case 'close':
        this.#end('refused', 4040);
        break;
      case 'drain':
        this.#drain();
        break;
    }
    this.#endWhenDone();
  }

  // --- requests ---------------------------------------------------------------------------------------------------

  #clientAsks({ id, method, token }: Extract<Step, { do: 'ask' }>): void {
    if (this.phase === 'shuttingDown' && (method !== 'ping' || !this.#isServerUp)) {
      this.#refuse('client', id, 5031);
      return;
    }
    const isHeld = !this.#isServerUp;
    if (isHeld && this.#held.length >= this.#limits.held) {
      this.#refuse('client', id, 4290);
      return;
    }
    const asked = this.#admit('client', id, method, token, isHeld);
    if (asked === undefined) return;
    if (isHeld) this.#held.push(asked);
    else this.#server.push(`ask ${sentAs(asked)}`);
  }

  #serverAsks({ id, method, token }: Extract<Step, { do: 'ask' }>): void {
    const asked = this.#admit('server', id, method, token, false);
    if (asked !== undefined) this.#client.push(`ask ${sentAs(asked)}`);
  }

  #admit(by: Side, id: RequestId, method: string, token: RequestId | undefined, isHeld: boolean): Asked | undefined {
    const isReserved = method === 'initialize' || method === 'ping';
    const isClients = by === 'client';
    const peers = [...this.#asked[by].values()].filter(
      (asked) => !isClients || (asked.method === 'initialize' || asked.method === 'ping') === isReserved,
    );
    const own = isClients && isReserved && this.#isReplaying ? 1 : 0;
    const clientsLimit = isReserved ? this.#limits.reserved : this.#limits.pending;
    if (this.#asked[by].has(id)) this.#refuse(by, id, -32600);
    else if (by === 'server' && !this.#isClientInputOpen) this.#refuse(by, id, 4040);
    else if (peers.length + own >= (isClients ? clientsLimit : this.#limits.questions)) {
      this.#refuse(by, id, 4290);
    } else {
      const { initializeMs, pingMs, absoluteMs } = this.#times;
      const deadlineMs = method === 'initialize' ? initializeMs : method === 'ping' ? pingMs : absoluteMs;
      const isRenamed = this.#abandoned[by].has(id) || (by === 'server' && this.#wasServerLost);
      const asked: Asked = { id, method, at: this.now, deadlineMs, token, isRenamed, isHeld };
      this.#asked[by].set(id, asked);
      return asked;
    }
    return undefined;
  }

  #answer({ by, id, isError, isLate = false }: Extract<Step, { do: 'answer' }>): void {
    const asked = this.#asked[other(by)].get(id);
    if (asked === undefined || (asked.isRenamed && isLate)) {
      this.#abandoned[other(by)].delete(id);
      const ended = this.#ended[other(by)].get(id);
      const isAnswered = ended === 'result' || ended === 'error';
      this.#noted.push(ended === undefined ? 'bogusResponses' : isAnswered ? 'duplicateResponses' : 'lateResponses');
      return;
    }
    const heard = isError ? `error ${said(id)} 0` : `result ${said(id)}`;
    this.#finish(other(by), asked, isError ? 'error' : 'result', heard);
    if (by === 'server' && !isError) this.#learn(asked);
  }

  #learn(asked: Asked): void {
    if (asked.method === 'initialize') this.#hasHandshake = true;
    if (this.phase === 'initializing' && asked.method !== 'ping') this.phase = 'serving';
  }

  #cancel({ by, id }: Extract<Step, { do: 'cancel' }>): void {
    const asked = this.#asked[by].get(id);
    if (asked === undefined || asked.method === 'initialize') {
      this.#noted.push(asked === undefined ? 'lateCancellations' : 'illegalCancellations');
      return;
    }
    const wasHeld = asked.isHeld;
    this.#finish(by, asked, 'cancelled', undefined);
    if (!wasHeld) this.#tell(other(by), `cancel ${sentAs(asked)}`);
  }

  #progress({ by, token: called, isLate = false }: Extract<Step, { do: 'progress' }>): void {
    const asked = [...this.#asked[other(by)].values()].find((one) => one.token === called);
    const token = isLate || asked === undefined ? called : sentToken(asked)!;
    const noted = { heard: `progress ${said(called)}`, token };
    if (by === 'client' && !this.#isServerUp) this.#hold(noted);
    else if (!this.#isLate(other(by), token)) this.#tell(other(by), noted.heard);
  }

  /** Progress for a request that has ended goes nowhere; with a token that nobody knows it goes on. */
  #isLate(asker: Side, token: RequestId): boolean {
    if ([...this.#asked[asker].values()].some((asked) => sentToken(asked) === token)) return false;
    const isLate = this.#retired.get(token) === asker;
    this.#noted.push(isLate ? 'lateProgress' : 'unattributedProgress');
    return isLate;
  }

  #notify({ by, number }: Extract<Step, { do: 'notify' }>): void {
    const heard = `notify ${number}`;
    if (by === 'client' && !this.#isServerUp) this.#hold({ heard, token: undefined });
    else this.#tell(other(by), heard);
  }

  #hold(noted: Noted): void {
    if (this.#held.length < this.#limits.held) this.#held.push(noted);
  }

  // --- the server comes and goes --------------------------------------------------------------------------------------

  #lose(): void {
    for (const asked of [...this.#asked.client.values()]) {
      if (!asked.isHeld) this.#finish('client', asked, 'upstream-lost', `error ${said(asked.id)} 5020`);
    }
    for (const asked of [...this.#asked.server.values()]) {
      this.#finish('server', asked, 'upstream-lost', undefined);
      this.#client.push(`cancel ${sentAs(asked)}`);
    }
    this.#abandoned.client.clear();
    this.#wasServerLost = true;
    this.#isServerUp = false;
    this.#isReplaying = false;
    if (!this.#restarts || this.phase === 'shuttingDown') {
      this.#end('upstream-lost', 5020);
    } else if (this.phase === 'serving') {
      this.phase = 'recovering';
      this.#phaseUntil = this.now + this.#times.recoveryMs;
    }
  }

  #return(): void {
    if (this.#isServerUp || this.#isReplaying || this.phase === 'shuttingDown') return;
    if (this.phase === 'recovering' && this.#hasHandshake) {
      this.#isReplaying = true;
      this.#server.push('replay');
    } else this.#serve();
  }

  #reply(asAnother: boolean): void {
    if (!this.#isReplaying) return;
    this.#isReplaying = false;
    if (asAnother) this.#end('upstream-lost', 5020);
    else this.#serve();
  }

  #serve(): void {
    this.#isServerUp = true;
    if (this.phase === 'recovering') {
      this.phase = 'serving';
      this.#phaseUntil = Infinity;
    }
    this.#flush();
  }

  #flush(): void {
    for (const held of this.#held) {
      if ('heard' in held) {
        if (held.token === undefined || !this.#isLate('server', held.token)) this.#server.push(held.heard);
      } else {
        held.isHeld = false;
        this.#server.push(`ask ${sentAs(held)}`);
      }
    }
    this.#held = [];
  }

  // --- time, and the end ------------------------------------------------------------------------------------------------

  #wait(until: number): void {
    for (;;) {
      const next = this.#nextDue();
      if (next === undefined || next.at > until) return;
      next.act();
      this.#endWhenDone();
    }
  }

  /** Draining is over when nothing that the client asked waits any more. */
  #endWhenDone(): void {
    if (this.phase === 'shuttingDown' && this.#asked.client.size === 0) this.#end('refused', undefined);
  }

  #nextDue(): { readonly at: number; readonly act: () => void } | undefined {
    if (this.phase === 'ended') return undefined;
    const due: { readonly at: number; readonly act: () => void }[] = [];
    for (const side of ['client', 'server'] as const) {
      for (const asked of this.#asked[side].values()) {
        due.push({ at: asked.at + asked.deadlineMs, act: () => this.#expire(side, asked) });
      }
    }
    if (this.#phaseUntil < Infinity) due.push({ at: this.#phaseUntil, act: () => this.#phaseOver() });
    return due.reduce<(typeof due)[number] | undefined>(
      (first, next) => (first === undefined || next.at < first.at ? next : first),
      undefined,
    );
  }

  #expire(side: Side, asked: Asked): void {
    const wasHeld = asked.isHeld;
    const isHandshake = asked.method === 'initialize';
    this.#finish(side, asked, 'timeout', `error ${said(asked.id)} 5040`);
    if (!wasHeld && !isHandshake) this.#tell(other(side), `cancel ${sentAs(asked)}`);
    if (isHandshake && this.phase === 'initializing') this.#end('timeout', 5040);
  }

  #phaseOver(): void {
    if (this.phase === 'recovering') this.#end('upstream-lost', 5020);
    else this.#end('timeout', 5040);
  }

  #halfClose(): void {
    for (const asked of [...this.#asked.server.values()]) {
      this.#finish('server', asked, 'client-gone', `error ${said(asked.id)} 4040`);
    }
    this.#isClientInputOpen = false;
    this.#drain();
  }

  #drain(): void {
    if (!this.#isServerUp) {
      for (const asked of [...this.#asked.client.values()]) {
        if (asked.isHeld) this.#finish('client', asked, 'refused', `error ${said(asked.id)} 5031`);
      }
    }
    this.#isReplaying = false;
    if (this.phase === 'shuttingDown') return;
    this.phase = 'shuttingDown';
    this.#phaseUntil = this.now + this.#times.drainMs;
  }

  #end(outcome: Outcome, code: number | undefined): void {
    for (const asked of [...this.#asked.client.values()]) {
      this.#finish('client', asked, outcome, code === undefined ? undefined : `error ${said(asked.id)} ${code}`);
    }
    for (const asked of [...this.#asked.server.values()]) {
      if (this.#isServerUp) this.#finish('server', asked, 'client-gone', `error ${said(asked.id)} 4040`);
      else this.#finish('server', asked, 'upstream-lost', undefined);
    }
    this.#held = [];
    this.phase = 'ended';
  }

  // --- the one way in which a request ends --------------------------------------------------------------------------------

  #finish(side: Side, asked: Asked, outcome: Outcome, heard: Heard | undefined): void {
    this.#asked[side].delete(asked.id);
    this.#held = this.#held.filter((held) => held !== asked);
    const token = sentToken(asked);
    if (token !== undefined) this.#retired.set(token, side);
    if (!asked.isRenamed) {
      this.#ended[side].set(asked.id, outcome);
      if ((outcome === 'cancelled' || outcome === 'timeout') && !asked.isHeld) this.#abandoned[side].add(asked.id);
    }
    this.#settled.push(`${side} ${said(asked.id)} ${outcome}`);
    if (heard !== undefined) this.#tell(side, heard);
  }

  #refuse(side: Side, id: RequestId, code: number): void {
    this.#settled.push(`${side} ${said(id)} refused`);
    this.#tell(side, `error ${said(id)} ${code}`);
  }

  #tell(side: Side, heard: Heard): void {
    if (side === 'client') this.#client.push(heard);
    else if (this.#isServerUp) this.#server.push(heard);
  }
}
