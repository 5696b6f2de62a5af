import { describe, expect, test } from 'vitest';
import { Carried, withMember } from '../../src/record/replay-carried.ts';
import { answer, request } from './conversing.ts';

describe('what the server makes up', () => {
  const carried = new Carried();
  carried.learn(answer(1, { nextCursor: 'then', tools: [] }), answer(1, { nextCursor: 'now', tools: [] }));
  carried.learn(answer(2, { task: { taskId: 't1' } }), answer(2, { task: { taskId: 't2' } }));

  test('is handed back as it is now', () => {
    expect(carried.inside(request(3, 'tools/list', { cursor: 'then' }))).toEqual(
      request(3, 'tools/list', { cursor: 'now' }),
    );
    expect(carried.inside(request(3, 'tasks/get', { taskId: 't1' }))).toEqual(
      request(3, 'tasks/get', { taskId: 't2' }),
    );
  });

  test('is nothing that a client says by itself, even if it is spelled alike', () => {
    const message = request(3, 'tools/call', { name: 'then', arguments: { cursor: 'then' } });
    expect(carried.inside(message)).toBe(message);
    expect(carried.inside(request(3, 'tools/list', { cursor: 'own' }))).toEqual(
      request(3, 'tools/list', { cursor: 'own' }),
    );
  });
});

describe('a copy with another value', () => {
  test('has it at its place, and is as it was everywhere else', () => {
    const before = { a: { b: [1, { c: 2 }] }, d: 3 };
    expect(withMember(before, ['a', 'b', '1', 'c'], 'x')).toEqual({ a: { b: [1, { c: 'x' }] }, d: 3 });
    expect(before.a.b[1]).toEqual({ c: 2 });
  });

  test('has objects where there were none, and lists that are longer by one', () => {
    expect(withMember({}, ['a', 'b'], 1)).toEqual({ a: { b: 1 } });
    expect(withMember({ a: [1] }, ['a', '1'], 2)).toEqual({ a: [1, 2] });
    expect(withMember({ a: [1] }, ['a', '9'], 2)).toEqual({ a: [1] });
  });

  test('takes any key for a key', () => {
    const copy = withMember({}, ['__proto__', 'x'], 1) as object;
    expect(Object.keys(copy)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });
});
