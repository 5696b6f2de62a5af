import { describe, expect, test } from 'vitest';
import { Registry, Slot } from '../../src/runtime/registry.ts';
import { Router } from '../../src/runtime/router.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { openSession } from '../session/fixtures.ts';

const ticked: SessionEvent = { type: 'session.ticked', at: 0 };
const drain: SessionEvent = { type: 'session.drain', at: 0 };

/** A router over sessions of which only ticks are decided in place. */
class Stage {
  readonly registry = new Registry();
  readonly told: string[] = [];
  readonly router: Router;
  /** Called once in the middle of the next event. */
  during: (() => void) | undefined = undefined;

  constructor() {
    this.router = new Router({
      registry: this.registry,
      takeInPlace: ({ record }, event) => {
        if (event.type !== 'session.ticked') return false;
        this.#tell(`${record.id} ticks`);
        return true;
      },
      send: ({ sessionId, event, host }) =>
        this.#tell(`${event.type} sent to ${sessionId}, host ${host !== undefined}`),
      defect: ({ record }, error) => this.told.push(`${record.id} is broken: ${(error as Error).message}`),
    });
  }

  open(id: string): SessionRecord {
    const { record } = openSession({ id });
    this.registry.add(new Slot({} as never, { record } as never));
    return record;
  }

  route(id: string, event: SessionEvent, host?: { readonly record: SessionRecord }): void {
    this.router.route(id, event, host as never);
  }

  #tell(what: string): void {
    this.told.push(`${what} begins`);
    const { during } = this;
    this.during = undefined;
    during?.();
    this.told.push(`${what} is over`);
  }
}

describe('an event', () => {
  test('is decided in place where that is possible, and sent to the supervisor where it is not', () => {
    const stage = new Stage();
    const record = stage.open('a');
    stage.route('a', ticked, { record });
    stage.route('a', ticked);
    stage.route('a', drain, { record });
    expect(stage.told.filter((line) => line.endsWith('begins'))).toEqual([
      'a ticks begins',
      'a ticks begins',
      'session.drain sent to a, host true begins',
    ]);
  });

  test('for a session that is not there, or is over, is left to the supervisor to refuse', () => {
    const stage = new Stage();
    const gone = openSession({ id: 'gone' }).record;
    const ended = stage.open('ended');
    ended.state = 'closed';
    stage.route('gone', ticked, { record: gone });
    stage.route('ended', ticked, { record: ended });
    expect(stage.told.filter((line) => line.endsWith('begins'))).toEqual([
      'session.ticked sent to gone, host true begins',
      'session.ticked sent to ended, host true begins',
    ]);
  });

  test('that comes in the middle of another waits until that one is over, in place or not', () => {
    const stage = new Stage();
    stage.open('a');
    stage.open('b');
    stage.during = () => {
      stage.route('a', drain);
      stage.route('b', ticked);
      stage.during = () => stage.route('a', ticked);
    };
    stage.route('a', ticked);
    expect(stage.told).toEqual([
      'a ticks begins',
      'a ticks is over',
      'session.drain sent to a, host false begins',
      'session.drain sent to a, host false is over',
      'b ticks begins',
      'b ticks is over',
      'a ticks begins',
      'a ticks is over',
    ]);
  });

  test('that meets a defect breaks its own session, and the next event is brought as ever', () => {
    const stage = new Stage();
    stage.open('a');
    stage.open('b');
    stage.during = () => {
      stage.route('b', ticked);
      throw new Error('bang');
    };
    stage.route('a', ticked);
    expect(stage.told).toEqual(['a ticks begins', 'a is broken: bang', 'b ticks begins', 'b ticks is over']);
    stage.route('b', ticked);
    expect(stage.told).toHaveLength(6);
  });

  test('that the supervisor cannot take keeps no other from its session', () => {
    const stage = new Stage();
    stage.open('a');
    stage.during = () => {
      stage.route('a', drain);
      stage.route('a', ticked);
      stage.during = () => {
        throw new Error('no supervisor');
      };
    };
    expect(() => stage.route('a', ticked)).toThrow('no supervisor');
    expect(stage.told.filter((line) => line.endsWith('is over'))).toEqual(['a ticks is over', 'a ticks is over']);
    stage.route('a', ticked);
    expect(stage.told.at(-1)).toBe('a ticks is over');
  });

  test('is brought in its order, however many wait', () => {
    const stage = new Stage();
    stage.open('a');
    stage.open('b');
    let left = 2500;
    const answer = (): void => {
      if (left-- > 0) stage.route(left % 2 === 0 ? 'a' : 'b', ticked);
      stage.during = answer;
    };
    stage.during = answer;
    stage.route('a', ticked);
    const ticks = stage.told.filter((line) => line.endsWith('begins'));
    expect(ticks).toHaveLength(2501);
    expect(
      new Set(ticks.slice(1).map((tick, index) => tick === `${index % 2 === 0 ? 'b' : 'a'} ticks begins`)),
    ).toEqual(new Set([true]));
  });
});
