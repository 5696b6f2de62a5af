import { createActor } from 'xstate';
import { describe, expect, test } from 'vitest';
import { supervisorMachine } from '../../machines/supervisor.ts';
import { edgesOf, tagsOf, undescribed, walk } from './chart-walk.ts';

function supervisor(size: number) {
  const sessions = { size };
  const actor = createActor(supervisorMachine, { input: { sessions } }).start();
  return {
    actor,
    sessions,
    get state() {
      return actor.getSnapshot().value;
    },
  };
}

describe('the chart of the supervisor', () => {
  test('takes sessions while it runs, and says so with a tag', () => {
    expect(tagsOf(supervisorMachine)).toEqual({ running: ['accepting'], draining: [], stopped: [] });
    const { actor } = supervisor(0);
    expect(actor.getSnapshot().hasTag('accepting')).toBe(true);
  });

  test('says of every state what it is', () => {
    expect(undescribed(supervisorMachine)).toEqual([]);
  });

  test('can be walked to every state and along every edge, with plain XState', () => {
    const { reached, taken } = walk(supervisorMachine, { sessions: { size: 1 } });
    expect([...reached].toSorted()).toEqual(['draining', 'running', 'stopped']);
    expect(edgesOf(supervisorMachine).filter((edge) => !taken.has(edge))).toEqual([]);
  });

  test('without sessions a drain is over at once', () => {
    const one = supervisor(0);
    one.actor.send({ type: 'supervisor.drain' });
    expect(one.state).toBe('stopped');
  });

  test('a drain waits for the last session, and for no other', () => {
    const one = supervisor(2);
    one.actor.send({ type: 'supervisor.drain' });
    one.sessions.size = 1;
    one.actor.send({ type: 'supervisor.emptied' });
    expect(one.state).toBe('draining');
    expect(one.actor.getSnapshot().hasTag('accepting')).toBe(false);
    one.sessions.size = 0;
    one.actor.send({ type: 'supervisor.emptied' });
    expect(one.state).toBe('stopped');
  });

  test('having no session for a while ends nothing', () => {
    const one = supervisor(0);
    one.actor.send({ type: 'supervisor.emptied' });
    expect(one.state).toBe('running');
  });

  test.each([[[]], [['supervisor.drain']]] as const)('a stop is one at once, after %j too', (before) => {
    const one = supervisor(3);
    for (const type of before) one.actor.send({ type });
    one.actor.send({ type: 'supervisor.stop' });
    expect(one.state).toBe('stopped');
  });

  test('stopped, it stays so and still hears what comes too late', () => {
    const one = supervisor(0);
    one.actor.send({ type: 'supervisor.stop' });
    for (const type of ['supervisor.emptied', 'supervisor.drain', 'supervisor.stop'] as const) one.actor.send({ type });
    expect([one.state, one.actor.getSnapshot().status]).toEqual(['stopped', 'active']);
  });
});
