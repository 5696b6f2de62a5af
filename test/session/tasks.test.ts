import { describe, expect, test } from 'vitest';
import { isTerminalTaskStatus, Tasks } from '../../src/session/tasks.ts';

const direction = 'client-to-server' as const;

function task(taskId: string, progressToken?: string | number) {
  return { taskId, direction, method: 'tools/call', progressToken, requesterToken: progressToken };
}

test('a task is over when it is completed, failed or cancelled', () => {
  const statuses = ['submitted', 'working', 'input_required', 'completed', 'failed', 'cancelled', ''];
  expect(statuses.filter((status) => isTerminalTaskStatus(status))).toEqual(['completed', 'failed', 'cancelled']);
});

describe('the tasks of a session', () => {
  test('keep their progress token until they are over (R12)', () => {
    const tasks = new Tasks(8);
    tasks.add(task('a', 0));
    expect([
      tasks.byToken(direction, 0) !== undefined,
      tasks.byToken(direction, '0') !== undefined,
      tasks.get(direction, 'a')?.method,
    ]).toEqual([true, false, 'tools/call']);
    expect(tasks.remove(direction, 'a')).toBe(true);
    expect([tasks.byToken(direction, 0) !== undefined, tasks.get(direction, 'a'), tasks.size]).toEqual([
      false,
      undefined,
      0,
    ]);
    expect(tasks.remove(direction, 'a')).toBe(false);
  });

  test('are bounded: the oldest is forgotten, and its token with it', () => {
    const tasks = new Tasks(3);
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) tasks.add(task(id, index));
    expect(tasks.toJSON().map(({ taskId }) => taskId)).toEqual(['b', 'c', 'd']);
    expect([0, 1, 2, 3].map((token) => tasks.byToken(direction, token) !== undefined)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  test('a task that is told again replaces what was known, and makes nobody else leave', () => {
    const tasks = new Tasks(2);
    tasks.add(task('b'));
    tasks.add(task('a', 'old'));
    tasks.add(task('a', 'new'));
    expect(tasks.toJSON().map(({ taskId }) => taskId)).toEqual(['b', 'a']);
    expect([tasks.byToken(direction, 'old') !== undefined, tasks.byToken(direction, 'new') !== undefined]).toEqual([
      false,
      true,
    ]);
  });

  test('a task that is told again is the newest', () => {
    const tasks = new Tasks(3);
    for (const id of ['a', 'b', 'a']) tasks.add(task(id));
    expect(tasks.toJSON().map(({ taskId }) => taskId)).toEqual(['b', 'a']);
  });

  test('a token that two tasks were given stays with the later one when the earlier one ends', () => {
    const tasks = new Tasks(8);
    tasks.add(task('a', 1));
    tasks.add(task('b', 1));
    tasks.remove(direction, 'a');
    expect(tasks.byToken(direction, 1) !== undefined).toBe(true);
  });

  test('of one side are not those of the other, whatever they are called', () => {
    const tasks = new Tasks(8);
    tasks.add(task('a', 1));
    tasks.add({ ...task('a', 1), direction: 'server-to-client' });
    expect(tasks.size).toBe(2);
    tasks.remove('server-to-client', 'a');
    expect([tasks.byToken(direction, 1) !== undefined, tasks.byToken('server-to-client', 1) !== undefined]).toEqual([
      true,
      false,
    ]);
  });

  test('are none where none are wanted', () => {
    const tasks = new Tasks(0);
    tasks.add(task('a', 1));
    expect([tasks.size, tasks.byToken(direction, 1) !== undefined]).toEqual([0, false]);
  });
});
