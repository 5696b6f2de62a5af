/** Nodes of one cluster in the memory of a test, on a clock that the test moves. */

import { Directory } from '../../src/cluster/directory.ts';
import type { Engine, Mail } from '../../src/cluster/engine.ts';
import { Lease } from '../../src/cluster/lease.ts';
import { MemoryEngine, MemoryHub } from '../../src/cluster/memory-engine.ts';
import { type Message, type MessageKind, decodeMessage, encodeMessage } from '../../src/cluster/message.ts';
import { ClusterNode, type ClusterNodeOptions } from '../../src/cluster/node.ts';
import type { Answer, Grant, OwnedSession, SessionHost, StopReason } from '../../src/cluster/owned-session.ts';
import { Pairs } from '../../src/cluster/pairs.ts';
import { Peers } from '../../src/cluster/peers.ts';
import { type ClusterSettings, defaultClusterLimits, defaultTimes } from '../../src/cluster/settings.ts';
import { Snapshots } from '../../src/cluster/snapshots.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { Counter } from './counter.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

export const settings: ClusterSettings = { times: defaultTimes, limits: defaultClusterLimits };

/** Every promise that can be kept now has been. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A session that answers with what it was told, after `held` where that is set. */
export class EchoSession implements OwnedSession {
  readonly grant: Grant;
  readonly isRecoverable: boolean;
  readonly frames: string[] = [];
  stopped: StopReason | undefined;
  answer: Answer | undefined;
  /** Frames are answered when this is called for each. */
  readonly held: (() => void)[] = [];
  holds = false;

  constructor(grant: Grant, isRecoverable = true) {
    this.grant = grant;
    this.isRecoverable = isRecoverable;
  }

  handle: OwnedSession['handle'] = async (frame, answer) => {
    this.frames.push(decodeText(frame));
    this.answer = answer;
    if (this.holds) await new Promise<void>((resolve) => this.held.push(resolve));
    if (this.stopped !== undefined) throw new Error(`stopped: ${this.stopped}`);
    return encodeText(`${decodeText(frame)} of ${this.grant.key}`);
  };

  stop(reason: StopReason): void {
    this.stopped = reason;
    for (const release of this.held) release();
  }
}

export class EchoHost implements SessionHost {
  readonly sessions: EchoSession[] = [];
  isRecoverable = true;
  /** Of what was saved nothing can be made; or there is no room for it now. */
  mood: 'opens' | 'makes nothing of it' | 'has no room' = 'opens';

  open(grant: Grant): EchoSession | undefined {
    if (this.mood === 'has no room') throw new Error('no room');
    if (this.mood === 'makes nothing of it') return undefined;
    const session = new EchoSession(grant, this.isRecoverable);
    this.sessions.push(session);
    return session;
  }

  get last(): EchoSession {
    return this.sessions.at(-1)!;
  }
}

/** The parts of one node, not yet put together, with an engine that can be taken away. */
export interface Parts {
  readonly engine: Engine;
  readonly lease: Lease;
  readonly peers: Peers;
  readonly pairs: Pairs;
  readonly snapshots: Snapshots;
  readonly directory: Directory;
  readonly host: EchoHost;
  readonly fenced: string[];
}

export class Stage {
  readonly clock = new VirtualClock();
  readonly hub = new MemoryHub();

  /** A lease that is open, and what asks it. */
  async parts(node: string, over: Partial<Engine> = {}): Promise<Parts> {
    const { clock } = this;
    const engine = this.engine(over);
    const { times, limits } = settings;
    const fenced: string[] = [];
    const lease = new Lease({ engine, clock, node, times, keys: () => 0, onFenced: (reason) => fenced.push(reason) });
    const peers = new Peers({ engine, clock, node, times, onOwnLease: (state) => lease.saw(state) });
    const snapshots = new Snapshots(engine, lease);
    const host = new EchoHost();
    const directory = new Directory({ engine, node, lease, peers, snapshots, host });
    await lease.open();
    await peers.watch();
    await settled();
    return { engine, lease, peers, pairs: new Pairs(limits, peers), snapshots, directory, host, fenced };
  }

  engine(over: Partial<Engine> = {}): Engine {
    return Object.assign(new MemoryEngine(this.hub), over);
  }

  async node(name: string, over: Partial<ClusterNodeOptions> = {}): Promise<{ node: ClusterNode; host: EchoHost }> {
    const host = new EchoHost();
    const node = new ClusterNode({
      ...{ node: name, engine: this.engine(), clock: this.clock, random: () => 0.5, log: silentLog },
      ...{ settings, host, pendingTotal: 100, counted: new Counter(), ...over },
    });
    await node.start();
    await settled();
    return { node, host };
  }

  /** Time passes in small steps, and what was promised is kept in between. */
  async pass(ms: number, stepMs = 50): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(stepMs, left));
      await settled();
    }
  }

  /** What arrives at a mailbox, readable. */
  async listen(mailbox: string): Promise<{ readonly message: Message | undefined; readonly mail: Mail }[]> {
    const heard: { readonly message: Message | undefined; readonly mail: Mail }[] = [];
    await this.engine().subscribe(mailbox, (mail) => {
      heard.push({ mail, message: mail.bytes === undefined ? undefined : decodeMessage(mail.bytes) });
    });
    return heard;
  }
}

export function letter(kind: MessageKind, request: number, rest: Partial<Message> = {}, replyTo?: string): Mail {
  return { address: '', bytes: encodeMessage(kind, request, rest), replyTo };
}

export function kindsOf(heard: readonly { readonly message: Message | undefined }[]): readonly (string | undefined)[] {
  return heard.map(({ message }) => message?.kind);
}
