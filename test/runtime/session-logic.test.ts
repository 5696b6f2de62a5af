import { createActor } from 'xstate';
import { describe, expect, test } from 'vitest';
import { sessionLogic, stateOf } from '../../src/runtime/session-logic.ts';
import type { Refusal } from '../../src/errors.ts';
import type { Effect } from '../../src/session/effects.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { sessionStates } from '../../src/session/outcomes.ts';
import type { PendingEntry } from '../../src/session/pending.ts';
import type { TagRule } from '../../src/session/tags.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { loneInput, AlarmList } from '../machines/lone-session.ts';
import { Ledger, defaultLimits } from '../../src/session/limits.ts';
import { answer, blocked, notification, request } from '../session/fixtures.ts';
import { KeptLog } from './kept-log.ts';

/** A session's actor with a host that only notes what it is asked to do. */
class Stage {
  readonly log: KeptLog;
  readonly done: string[] = [];
  readonly commits: string[] = [];
  readonly actor;
  rollbacks = 0;
  isHostThere = true;
  touchy: string | undefined = undefined;

  constructor({ traces = false, checksInvariants = true } = {}) {
    this.log = new KeptLog({ traces });
    const host = {
      perform: (effects: readonly Effect[]) => this.done.push(...effects.map(({ type }) => type)),
      refuseDirectly: (event: SessionEvent, why: Refusal) =>
        this.done.push(`refuse ${event.type} ${why.code} ${JSON.stringify(why.data)}`),
      settleRolledBack: (entry: PendingEntry) => this.done.push(`settle ${entry.idToken}`),
    };
    const logic = sessionLogic({
      clock: new VirtualClock(),
      log: this.log,
      hostOf: () => (this.isHostThere ? (host as never) : undefined),
      decided: ({ state }, _event, decision) => {
        if (decision === 'committed') this.commits.push(state);
        if (decision === 'rolled-back') this.rollbacks++;
      },
    });
    const rule: TagRule = {
      tag: 'touchy',
      holds: () => {
        if (this.touchy !== undefined) throw new Error(this.touchy);
        return false;
      },
    };
    const input = loneInput({ tagRules: [rule] }, new AlarmList(), new Ledger(defaultLimits));
    const surroundings = { ...input.surroundings, checksInvariants };
    this.actor = createActor(logic, { input: { ...input, surroundings } });
    this.actor.subscribe({ error: (error) => this.done.push(`died: ${(error as Error).message}`) });
    this.actor.start();
    this.send({ type: 'upstream.ready', at: 0 });
    this.done.length = 0;
    this.commits.length = 0;
  }

  send(event: SessionEvent): void {
    this.actor.send(event);
  }
  get record() {
    return this.actor.getSnapshot().context.record;
  }
}

test.each(sessionStates)('%s is called by its one name', (state) => {
  const [parent, child] = state.split('.');
  expect(stateOf({ value: child === undefined ? parent : { [parent!]: child } } as never)).toBe(state);
});

describe('a commit', () => {
  test('is told, and then performed by the host', () => {
    const stage = new Stage();
    stage.send(request(1, 'tools/call'));
    expect([stage.commits, stage.done]).toEqual([['initializing'], ['send']]);
  });

  test('without a host has nobody to perform it', () => {
    const stage = new Stage();
    stage.isHostThere = false;
    stage.send(request(1, 'tools/call'));
    expect([stage.commits, stage.done]).toEqual([['initializing'], []]);
  });

  test('P19 is traced with what was decided, where traces are wanted', () => {
    const stage = new Stage({ traces: true });
    stage.log.lines.length = 0;
    stage.send(request(7, 'tools/call', {}, { ticket: 3, verdict: blocked }));
    expect(stage.log.lines).toMatchObject([
      {
        level: 'trace',
        text: 'decided',
        fields: {
          session: 'lone',
          event: 'frame.request',
          direction: 'client-to-server',
          id: 7,
          method: 'tools/call',
          bytes: expect.any(Number) as number,
          frameId: 3,
          interceptors: [],
          state: 'initializing',
          effects: ['settled', 'send'],
          settled: [{ id: 7, direction: 'client-to-server', method: 'tools/call', outcome: 'refused', elapsedMs: 0 }],
        },
      },
    ]);
    expect(JSON.parse(JSON.stringify(stage.log.lines[0]!.fields['metadata']))).toMatchObject({ frame_count: 1 });
  });

  test('S2 that breaks an invariant kills the session where invariants are checked, and nowhere else', () => {
    const [checked, unchecked] = [new Stage(), new Stage({ checksInvariants: false })];
    for (const { record } of [checked, unchecked]) record.held.bytes = 5;
    for (const stage of [checked, unchecked]) stage.send(notification('notifications/message'));
    expect(checked.done).toEqual(['died: Session lone in initializing: the held bytes differ from the frames']);
    expect(unchecked.done).toEqual(['send']);
  });
});

describe('a rollback', () => {
  test('S6 of a request is answered to its sender, and logged', () => {
    const stage = new Stage();
    stage.touchy = 'ouch';
    stage.send(request(1, 'tools/call'));
    expect(stage.done).toEqual(['refuse frame.request INTERCEPTOR_FAILED {"part":"tag-rule"}']);
    expect(stage.log.lines).toMatchObject([
      {
        level: 'error',
        text: 'an event failed and was rolled back',
        fields: { session: 'lone', event: 'frame.request', error: { message: 'ouch' } },
      },
    ]);
    expect([stage.commits, stage.rollbacks, stage.record.pending.size]).toEqual([[], 1, 0]);
  });

  test('S6 of an answer settles the request that it answers', () => {
    const stage = new Stage();
    stage.send(request(1, 'tools/call'));
    stage.done.length = 0;
    stage.touchy = 'ouch';
    stage.send(answer(1));
    expect([stage.done, stage.record.pending.size]).toEqual([['settle 1'], 1]);
  });

  test.each([
    ['a notification', notification('notifications/message')],
    ['an answer to nothing', answer(99)],
    ['an error that names no request', answer(null, { error: { code: 1, message: 'no' } })],
  ])('S6 of %s leaves nobody waiting', (_what, event) => {
    const stage = new Stage();
    stage.touchy = 'ouch';
    stage.send(event);
    expect([stage.done, stage.log.texts('error').length]).toEqual([[], 1]);
  });

  test('S6 does not happen to our own work: a touchy rule delays no end', () => {
    const stage = new Stage();
    stage.touchy = 'ouch';
    stage.send({ type: 'session.close', at: 0, reason: 'closed-by-operator' });
    expect([stage.done, stage.log.lines]).toEqual([['ended'], []]);
  });
});

describe('a surprise', () => {
  test('is noted, and changes nothing', () => {
    const stage = new Stage();
    const { version } = stage.record;
    stage.send({ type: 'session.expired', at: 5, reason: 'idle' });
    expect(stage.done).toEqual(['refuse session.expired NOT_ALLOWED_IN_STATE {"state":"initializing"}']);
    expect(stage.log.lines).toMatchObject([
      {
        level: 'debug',
        text: 'not allowed in this state',
        fields: { event: 'session.expired', state: 'initializing' },
      },
    ]);
    expect([stage.record.version, stage.commits]).toEqual([version, []]);
  });
});

describe('noise', () => {
  const noise = (stage: Stage, idToken?: string): void => {
    const fault = {
      fault: 'not-json',
      reason: 'The text is not JSON.',
      expectsAnswer: true,
      isAnswer: false,
      idToken,
    } as const;
    stage.send({ type: 'frame.malformed', at: 0, direction: 'server-to-client', fault, bytes: 12 });
  };

  test('R24 is a warning, with as much of it as can be told', () => {
    const stage = new Stage();
    noise(stage, `"${'x'.repeat(200)}"`);
    expect(stage.log.lines).toEqual([
      {
        level: 'warn',
        text: 'not a message',
        fields: {
          session: 'lone',
          direction: 'server-to-client',
          fault: 'not-json',
          reason: 'The text is not JSON.',
          id: `"${'x'.repeat(99)}`,
          bytes: 12,
        },
      },
    ]);
  });

  test('P16 of an embedder that sets labels without end does not fill the log either', () => {
    const stage = new Stage();
    for (let label = 0; label < 200; label++) {
      stage.send({ type: 'session.labelled', at: 0, label: `${label}`, isSet: true });
      stage.send({ type: 'session.labelled', at: 0, label: `never ${label}`, isSet: false });
    }
    const texts = stage.log.texts('warn');
    expect(texts).toHaveLength(20);
    expect(texts.at(-1)).toBe('a label is too long, or one too many, and was not set (further ones are only counted)');
  });

  test('P16 of a peer that says nothing else does not fill the log', () => {
    const stage = new Stage();
    for (let times = 0; times < 100; times++) noise(stage);
    const texts = stage.log.texts('warn');
    expect(texts).toHaveLength(20);
    expect(texts.at(-1)).toBe('not a message (further ones are only counted)');
  });
});
