/**
 * Performs a play: takes its steps one after the other against a target, and returns what was seen. Finds what a step is about in
 * the model alone; a step that is about nothing does nothing. Judges nothing.
 */

import type { RequestId } from '../../protocol/envelope.ts';
import { Conversation } from './conversation.ts';
import type { History, HistoryEvent, WireMessage } from './history.ts';
import { isListenedFor, listenMethod } from './listening.ts';
import { tokenOf } from './marks.ts';
import type { Peer, Waiting } from './model.ts';
import { type Pace, paceOf } from './pace.ts';
import type { Rule } from './rule.ts';
import { hello, metaOf, paramsOf } from './spoken.ts';
import type { IdChoice, Nth, Play, Step } from './step.ts';
import type { RunningTarget, Target, TargetFault } from './target.ts';

export interface PerformOptions {
  /** The rules that steps name. */
  readonly rules?: Readonly<Record<string, Rule>>;
  /** Of targets in their own time: how many milliseconds a step waits for what it is about to be there. */
  readonly patienceMs?: number;
  /** How many connections of clients there may be at once. */
  readonly connectionsMax?: number;
  /** Sees each event as it is written down. */
  readonly onEvent?: (event: HistoryEvent) => void;
  /** Is told at the end what of the target was gone through, where that can be seen. */
  readonly onVisited?: (names: readonly string[]) => void;
}

/** How long everybody has at the end for what goes by time, where time is virtual: deadlines, restarts of servers, lingering. */
const patientMs = 600_000;
/** How long virtual time goes on before everybody is said to have said what they had to say. */
const quietMs = 100;
const defaultPatienceMs = 200;
const defaultConnectionsMax = 8;

type NetworkNext = Extract<Step, { readonly do: 'network' }>['next'];

const faultOf: Readonly<Record<NetworkNext, TargetFault>> = {
  split: 'split',
  delay: 'delay',
  duplicate: 'duplicate',
  drop: 'drop',
  'stop-reading': 'slow-reader',
  'resume-reading': 'slow-reader',
};

/**
 * Plays all of it. It ends in the same way always: who reads slowly reads on, everybody has time to say what is left to say,
 * connections are closed, the target is asked what it still holds, and is stopped.
 * @throws what the target throws.
 */
export async function perform(play: Play, target: Target, options: PerformOptions = {}): Promise<History> {
  const pace = paceOf(target, options.patienceMs ?? defaultPatienceMs);
  const talk = new Conversation(target, pace.clock, target.playsBefore?.());
  talk.onEvent = (event) => {
    options.onEvent?.(event);
    pace.noticed();
  };
  if (!target.isVirtual) talk.onDue = () => queueMicrotask(() => talk.flush());
  const running = await target.start({ clock: pace.clock, serve: (connection) => talk.serve(connection) });
  try {
    const performance = new Performance(target, running, talk, pace, options);
    for (const [place, step] of play.entries()) {
      talk.step = place;
      await performance.take(step);
      if (talk.model.isTargetDead) break;
    }
    talk.step = play.length;
    await performance.end();
    if (running.visited !== undefined) options.onVisited?.(running.visited());
  } finally {
    await running.stop();
  }
  return talk.history;
}

class Performance {
  readonly #target: Target;
  readonly #running: RunningTarget;
  readonly #talk: Conversation;
  readonly #pace: Pace;
  readonly #options: PerformOptions;

  constructor(target: Target, running: RunningTarget, talk: Conversation, pace: Pace, options: PerformOptions) {
    this.#target = target;
    this.#running = running;
    this.#talk = talk;
    this.#pace = pace;
    this.#options = options;
  }

  async take(step: Step): Promise<void> {
    await this.#pace.awaitSubject(step, this.#talk.model);
    const done = this.#do(step);
    if (done !== undefined) await done;
    await this.#pace.turn(this.#running, this.#talk);
  }

  async end(): Promise<void> {
    const { model } = this.#talk;
    for (const peer of model.peers()) if (!peer.isReading) this.#talk.read(peer, true);
    await this.#settle();
    const isAnybodyWaiting = model.peers().some(({ ours }) => ours.length > 0);
    if (this.#target.isVirtual && isAnybodyWaiting) {
      await this.#pace.letPass(patientMs, this.#running, this.#talk);
      await this.#settle(true);
    }
    for (const role of ['client', 'server'] as const) {
      for (const peer of model.peers(role)) this.#talk.close(peer, false);
      await this.#pace.turn(this.#running, this.#talk);
      await this.#running.settle();
    }
    if (this.#target.isVirtual) await this.#pace.letPass(patientMs, this.#running, this.#talk);
    const what = this.#running.held?.();
    if (what !== undefined) this.#talk.write({ type: 'held', what });
  }

  #do(step: Step): Promise<void> | undefined {
    const talk = this.#talk;
    const { model } = talk;
    switch (step.do) {
      case 'connect':
        return this.#connect(step.principal);
      case 'initialize':
        return on(nth(this.#unshaken(), step.client), (peer) => talk.send(peer, hello(idOf(peer, 'next'))));
      case 'request':
        return on(nth(this.#shaken(), step.client), (peer) => this.#request(peer, step));
      case 'notify':
        return on(nth(this.#shaken(), step.client), (peer) => talk.send(peer, notificationOf(step.method)));
      case 'cancel':
        return on(nth(this.#shaken().filter(hasCancellable), step.client), (peer) =>
          on(nth(peer.ours.filter(isCancellable), step.request), (waiting) => talk.cancel(peer, waiting)),
        );
      case 'reply':
        return on(nth(model.peers('client').filter(isAsked), step.client), (peer) =>
          on(nth(peer.theirs, step.request), (asked) => talk.answer(asked, step.with)),
        );
      case 'say-garbage':
        return on(nth(model.peers('client'), step.client), (peer) =>
          talk.send(peer, { garbage: step.text } as WireMessage),
        );
      case 'disconnect':
        return on(nth(model.peers('client'), step.client), (peer) => talk.close(peer, step.isCut && this.#can('cut')));
      case 'answer':
        return on(nth(model.askedOf('server'), step.request), (asked) => {
          talk.answer(asked, step.with);
          if (step.isTwice === true) talk.answer(asked, step.with);
        });
      case 'progress':
        return on(nth(model.askedOf('server').filter(hasToken), step.request), (asked) => talk.progress(asked));
      case 'ask':
        return on(nth(model.askedOf('server'), step.request), (cause) => this.#ask(cause, step));
      case 'announce':
        if (this.#target.era === 'stateless') return this.#tellListener(step.server, step.method);
        return on(nth(model.peers('server'), step.server), (peer) => talk.send(peer, notificationOf(step.method)));
      case 'end-server':
        return on(nth(model.peers('server'), step.server), (peer) => talk.close(peer, false));
      case 'network':
        return this.#network(step.connection, step.next);
      case 'kill':
        return this.#kill(step.which);
      case 'wait':
        talk.write({ type: 'time', ms: step.ms });
        return this.#pace.letPass(step.ms, this.#running, talk);
      case 'settle':
        return this.#settle();
      case 'rule':
        return this.#follow(step.name, step.value);
    }
  }

  /** Clients that may make requests. Before the answer to `initialize` they should not, and some do. */
  #shaken(): readonly Peer[] {
    const isStateless = this.#target.era === 'stateless';
    return this.#talk.model.peers('client').filter(({ handshake }) => isStateless || handshake !== 'none');
  }

  #unshaken(): readonly Peer[] {
    if (this.#target.era === 'stateless') return [];
    return this.#talk.model.peers('client').filter(({ handshake }) => handshake === 'none');
  }

  #can(fault: TargetFault): boolean {
    return this.#target.faults.includes(fault);
  }

  #connect(principal: number | undefined): Promise<void> | undefined {
    const isFull = this.#talk.model.peers('client').length >= (this.#options.connectionsMax ?? defaultConnectionsMax);
    if (this.#target.kind === 'client' || isFull) return undefined;
    const name = principal === undefined ? undefined : `principal-${principal}`;
    const as = name === undefined ? {} : { principal: name };
    return this.#talk.connect(name, (events) => this.#running.connect(events, as));
  }

  #request(peer: Peer, { id, method, params, wantsProgress }: Extract<Step, { readonly do: 'request' }>): void {
    const token = wantsProgress === true ? tokenOf(this.#talk.nextMark) : undefined;
    const meta = metaOf(this.#target.era, token);
    const all = { ...(params ?? paramsOf(method)), ...(meta === undefined ? {} : { _meta: meta }) };
    this.#talk.send(peer, { jsonrpc: '2.0', id: idOf(peer, id), method, params: all });
  }

  /** Servers ask on behalf of a request (2025-11-25); in 2026-07-28 they ask nothing. */
  #ask(cause: Waiting, { id, method }: Extract<Step, { readonly do: 'ask' }>): void {
    const peer = this.#talk.model.peer(cause.connection);
    if (peer === undefined || this.#target.era === 'stateless') return;
    this.#talk.send(peer, { jsonrpc: '2.0', id: idOf(peer, id), method, params: { ...paramsOf(method) } }, cause.seq);
  }

  /** Where there are no sessions, only who listens is told, and what it has asked for (2026-07-28, basic/utilities/subscriptions). */
  #tellListener(place: Nth, method: string): undefined {
    return on(nth(this.#talk.model.askedOf('server').filter(isListening), place), (listening) => {
      if (isListenedFor(method, listening.params)) this.#talk.announce(listening, method);
    });
  }

  #network(place: Nth, next: NetworkNext): undefined {
    return on(nth(this.#talk.model.peers(), place), (peer) => {
      if (!this.#can(faultOf[next])) return;
      if (next === 'stop-reading' || next === 'resume-reading') {
        const isReading = next === 'resume-reading';
        if (peer.isReading !== isReading) this.#talk.read(peer, isReading);
      } else this.#talk.disturb(peer, next);
    });
  }

  #kill(which: 'target' | 'server'): Promise<void> | undefined {
    if (!this.#can(which === 'target' ? 'kill-target' : 'kill-server')) return undefined;
    this.#talk.write({ type: 'process', of: which, deed: 'killed' });
    if (this.#running.kill !== undefined) return this.#running.kill(which);
    for (const peer of this.#talk.model.peers('server')) this.#talk.close(peer, true);
    return undefined;
  }

  /** What a server under test asks while it works on a request is declined, or it could never answer. */
  async #settle(isPatient = false): Promise<void> {
    const isServer = this.#target.kind === 'server';
    if (isServer) for (const asked of this.#talk.model.askedOf('client')) this.#talk.answer(asked, 'error');
    await this.#running.settle();
    await this.#pace.turn(this.#running, this.#talk);
    if (this.#target.isVirtual) await this.#pace.letPass(quietMs, this.#running, this.#talk);
    this.#talk.write(isPatient ? { type: 'settled', isPatient } : { type: 'settled' });
  }

  async #follow(name: string, value: unknown): Promise<void> {
    const { model, history } = this.#talk;
    const rule = this.#options.rules?.[name];
    if (rule === undefined || rule.when?.(model) === false) return;
    const send = (connection: number, message: WireMessage, about?: number): void => {
      const peer = model.peer(connection);
      if (peer?.isOpen === true) this.#talk.send(peer, message, about);
    };
    const failure = await rule.run({ model, clock: this.#pace.clock, history, send }, value);
    this.#talk.write({ type: 'rule', name, ...(typeof failure === 'string' ? { failure } : {}) });
  }
}

const isCancellable = ({ isCancelled, method }: Waiting): boolean => !isCancelled && method !== 'initialize';
const hasCancellable = ({ ours }: Peer): boolean => ours.some(isCancellable);
const isAsked = ({ theirs }: Peer): boolean => theirs.length > 0;
const isListening = ({ method }: Waiting): boolean => method === listenMethod;
const hasToken = ({ progressToken }: Waiting): boolean => progressToken !== undefined;

function nth<Item>(items: readonly Item[], place: Nth): Item | undefined {
  return items[place % items.length];
}

function on<Item>(item: Item | undefined, act: (item: Item) => void): undefined {
  if (item !== undefined) act(item);
}

function notificationOf(method: string): WireMessage {
  return { jsonrpc: '2.0', method, params: { ...paramsOf(method) } };
}

/** Ids count from 1 on each connection; one that is used again is counted back from the last. */
function idOf({ idsUsed }: Peer, choice: IdChoice): RequestId {
  const next = idsUsed.length + 1;
  if (choice === 'next') return next;
  if (choice === 'next-as-text') return `${next}`;
  if ('value' in choice) return choice.value;
  return nth(idsUsed.toReversed(), choice.sameAs) ?? next;
}
