/**
 * One session actor with nothing around it: the chart and its record under `transactional`, a plain list for each thing
 * that a runtime would act on. For tests that look at the chart, at the record, or at what an event left behind.
 */
import { type InspectionEvent, createActor } from 'xstate';
import { sessionMachine } from '../../machines/session.ts';
import type { Direction, Frame, RequestId } from '../../src/protocol/envelope.ts';
import { isFault } from '../../src/protocol/faults.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { stateOf } from '../../src/runtime/session-logic.ts';
import { transactional } from '../../src/runtime/transactional.ts';
import type { Alarm, Alarms } from '../../src/session/deadlines.ts';
import type { Effect } from '../../src/session/effects.ts';
import type { FrameArrived, SessionEvent } from '../../src/session/events.ts';
import { checkInvariants } from '../../src/session/invariants.ts';
import { Ledger, type Limits, type Times, defaultLimits, defaultTimes } from '../../src/session/limits.ts';
import type { SessionState } from '../../src/session/outcomes.ts';
import { type Profile, defaultProfile, standardTimes } from '../../src/session/profiles.ts';
import type { SessionInput } from '../../src/session/session-data.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { type TagRule, builtInTagRules } from '../../src/session/tags.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** Alarms that ring only when the test says so: what is set, and to when. */
export class AlarmList implements Alarms {
  readonly set: Alarms['set'];
  readonly clear: Alarms['clear'];
  readonly dueAt = new Map<Alarm, number>();

  constructor() {
    this.set = (alarm, dueAt) => {
      alarm.dueAt = dueAt;
      if (dueAt === Infinity) this.dueAt.delete(alarm);
      else this.dueAt.set(alarm, dueAt);
    };
    this.clear = (alarm) => {
      this.dueAt.delete(alarm);
    };
  }
}

export type Aftermath = 'committed' | 'rolled back' | 'unexpected';

export interface LoneSessionOptions {
  readonly limits?: Partial<Limits>;
  readonly times?: Partial<Times>;
  readonly profile?: Profile;
  readonly tagRules?: readonly TagRule[];
  readonly usesPlan?: boolean;
  readonly inspect?: (event: InspectionEvent) => void;
}

/** What a session is born with, and no runtime behind it. */
export function loneInput(options: LoneSessionOptions, alarms: Alarms, ledger: Ledger): SessionInput {
  return {
    id: 'lone',
    openedAt: 0,
    transportType: 'in-memory',
    principal: undefined,
    route: undefined,
    profile: options.profile ?? defaultProfile,
    surroundings: {
      limits: { ...defaultLimits, ...options.limits },
      times: { ...defaultTimes, ...options.times },
      requestTimes: standardTimes({ ...defaultTimes, ...options.times }),
      ledger,
      alarms,
      tagRules: [...builtInTagRules, ...(options.tagRules ?? [])],
      checksInvariants: true,
      occupancyChanged: () => {},
    },
  };
}

export class LoneSession {
  readonly clock = new VirtualClock();
  readonly alarms = new AlarmList();
  readonly ledger: Ledger;
  readonly effects: Effect[] = [];
  readonly errors: unknown[] = [];
  /** What became of each event, the last one last. */
  readonly aftermaths: Aftermath[] = [];
  readonly #send: (event: SessionEvent) => void;
  readonly #snapshot: () => { readonly context: { readonly record: SessionRecord }; readonly status: string };
  #tickets = 0;

  constructor(options: LoneSessionOptions = {}) {
    this.ledger = new Ledger({ ...defaultLimits, ...options.limits });
    const logic = transactional<typeof sessionMachine, SessionRecord, SessionEvent, SessionState, Effect>(
      sessionMachine,
      {
        now: () => this.clock.now(),
        stateOf,
        usesPlan: options.usesPlan ?? true,
        isOwnWork: ({ type }) => type !== 'frame.request' && type !== 'frame.response' && type !== 'frame.notification',
        committed: (record) => {
          checkInvariants(record);
          this.aftermaths.push('committed');
        },
        perform: (record, effects) => {
          this.effects.push(...effects);
          for (const effect of effects) {
            if (effect.type !== 'release') continue;
            const head = record.held.first(effect.direction);
            if (head?.isDecided === true)
              this.take({ type: 'frame.decided', at: this.now, ticket: head.ticket, news: 'turn' });
          }
        },
        rolledBack: (_record, _event, error) => {
          this.errors.push(error);
          this.aftermaths.push('rolled back');
        },
        unexpected: () => this.aftermaths.push('unexpected'),
      },
    );
    const actor = createActor(logic, {
      clock: this.clock,
      ...(options.inspect === undefined ? {} : { inspect: options.inspect }),
      input: loneInput(options, this.alarms, this.ledger),
    });
    actor.start();
    this.#send = (event) => actor.send(event);
    this.#snapshot = () => actor.getSnapshot();
  }

  get now(): number {
    return this.clock.now();
  }

  get record(): SessionRecord {
    return this.#snapshot().context.record;
  }

  get state(): SessionState {
    return this.record.state;
  }

  /** XState's own word for it: `active`, `done`, `error`, `stopped`. */
  get status(): string {
    return this.#snapshot().status;
  }

  /** Sends the event and says what became of it; a session that has ended takes none. */
  take(event: SessionEvent): Aftermath | undefined {
    if (this.status !== 'active') return undefined;
    const before = this.aftermaths.length;
    this.#send(event);
    return this.aftermaths[before];
  }

  /** The event of a message's arrival. */
  arrival(direction: Direction, message: object, verdict?: FrameArrived['verdict']): FrameArrived {
    const frame = frameOf(message);
    const type = `frame.${frame.envelope.kind}` as const;
    return { type, at: this.now, direction, frame, ticket: ++this.#tickets, verdict };
  }

  fromClient(message: object, verdict?: FrameArrived['verdict']): Aftermath | undefined {
    return this.take(this.arrival('client-to-server', message, verdict));
  }

  fromServer(message: object, verdict?: FrameArrived['verdict']): Aftermath | undefined {
    return this.take(this.arrival('server-to-client', message, verdict));
  }

  /** A handshake up to `active.serving`. */
  shake(): void {
    this.take({ type: 'upstream.ready', at: this.now });
    this.fromClient({ id: 'hello', method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } });
    this.fromServer({ id: 'hello', result: { protocolVersion: '2025-11-25', capabilities: {} } });
  }

  entry(direction: Direction, id: RequestId) {
    for (const entry of this.record.pending.entries())
      if (entry.direction === direction && entry.id === id) return entry;
    throw new Error(`No request ${id} waits`);
  }
}

/** The message as a frame. */
export function frameOf(message: object): Frame {
  const frame = readMessage(encodeText(JSON.stringify({ jsonrpc: '2.0', ...message })));
  if (isFault(frame)) throw new Error(`No message: ${frame.reason}`);
  return frame;
}
