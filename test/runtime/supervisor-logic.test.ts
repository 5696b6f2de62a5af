import { createActor } from 'xstate';
import { describe, expect, test } from 'vitest';
import { Registry, Slot } from '../../src/runtime/registry.ts';
import { type RoutedEvent, supervisorLogic } from '../../src/runtime/supervisor-logic.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { openSession } from '../session/fixtures.ts';

const ticked: SessionEvent = { type: 'session.ticked', at: 0 };

/** A supervisor over sessions that only note what reaches them. */
class Stage {
  readonly registry = new Registry();
  readonly told: string[] = [];
  readonly actor;

  constructor() {
    const logic = supervisorLogic({
      registry: this.registry,
      left: ({ record }, error) => {
        const last = error === undefined ? '' : `: ${(error as Error).message}`;
        this.told.push(`${record.id} left${last}, ${this.registry.size} stay`);
      },
      unplaced: ({ sessionId, event, host }) =>
        this.told.push(`${event.type} for ${sessionId} unplaced, host ${host !== undefined}`),
    });
    this.actor = createActor(logic, { input: { sessions: this.registry } }).start();
  }

  open(id: string): SessionRecord {
    const { record } = openSession({ id });
    const ref = { send: (event: SessionEvent) => this.told.push(`${event.type} for ${id}`) };
    this.registry.add(new Slot(ref as never, { record } as never));
    return record;
  }

  route(sessionId: string, host?: object): void {
    const routed = { type: 'session.event', sessionId, event: ticked, host } as unknown as RoutedEvent;
    this.actor.send(routed as never);
  }

  send(type: string, rest: object = {}): void {
    this.actor.send({ type, ...rest } as never);
  }

  get state(): unknown {
    return this.actor.getSnapshot().value;
  }
}

describe('a frame on its way', () => {
  test('reaches the session that it is for', () => {
    const stage = new Stage();
    stage.open('a');
    stage.open('b');
    stage.route('b');
    expect(stage.told).toEqual(['session.ticked for b']);
  });

  test('S4 for a session that is not there, or is over, is unplaced, and whoever waits is named', () => {
    const stage = new Stage();
    stage.route('nobody');
    stage.open('a').state = 'closed';
    stage.route('a', {});
    expect(stage.told).toEqual([
      'session.ticked for nobody unplaced, host false',
      'session.ticked for a unplaced, host true',
    ]);
  });

  test('changes nothing about the supervisor', () => {
    const stage = new Stage();
    stage.open('a');
    const before = stage.actor.getSnapshot();
    stage.route('a');
    expect(stage.actor.getSnapshot()).toBe(before);
  });
});

describe('a session that is over', () => {
  test('leaves the registry before anybody hears that it left', () => {
    const stage = new Stage();
    stage.open('a');
    stage.open('b');
    stage.send('xstate.done.actor.a');
    expect([stage.told, stage.registry.get('a')]).toEqual([['a left, 1 stay'], undefined]);
  });

  test('S1 leaves when it died of a defect, and the defect is told', () => {
    const stage = new Stage();
    stage.open('a');
    stage.open('b');
    stage.send('xstate.error.actor.a', { error: new Error('boom') });
    stage.send('xstate.error.actor.b');
    expect(stage.told).toEqual(['a left: boom, 1 stay', 'b left: unknown, 0 stay']);
  });

  test('leaves once, and an actor that is no session leaves nothing', () => {
    const stage = new Stage();
    stage.open('a');
    for (const id of ['upstream:a', 'a', 'a']) stage.send(`xstate.done.actor.${id}`);
    expect(stage.told).toEqual(['a left, 0 stay']);
  });
});

describe('the life of the supervisor', () => {
  test('does not end with its last session', () => {
    const stage = new Stage();
    stage.open('a');
    stage.send('xstate.done.actor.a');
    expect(stage.state).toBe('running');
  });

  test('P17 ends with its last session when it drains, and not before', () => {
    const stage = new Stage();
    stage.open('a');
    stage.open('b');
    stage.send('supervisor.drain');
    stage.send('xstate.done.actor.a');
    expect(stage.state).toBe('draining');
    stage.route('b');
    stage.send('xstate.error.actor.b', { error: new Error('boom') });
    expect([stage.state, stage.told]).toEqual([
      'stopped',
      ['a left, 1 stay', 'session.ticked for b', 'b left: boom, 0 stay'],
    ]);
  });

  test('after its end it still says what it cannot place', () => {
    const stage = new Stage();
    stage.send('supervisor.drain');
    expect(stage.state).toBe('stopped');
    stage.route('late');
    expect(stage.told).toEqual(['session.ticked for late unplaced, host false']);
  });
});
