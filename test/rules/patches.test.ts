import { describe, expect, test } from 'vitest';
import { changed } from '../../src/rules/patches.ts';

const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'a', arguments: { x: 1, y: [1, 2] } } };

describe('a message is changed', () => {
  test('by a patch, operation by operation, and stays itself as it was', () => {
    const patch = [
      { op: 'test', path: '/params/name', value: 'a' },
      { op: 'replace', path: '/params/name', value: 'b' },
      { op: 'remove', path: '/params/arguments/x' },
      { op: 'add', path: '/params/arguments/y/-', value: 3 },
      { op: 'copy', from: '/params/name', path: '/params/copied' },
      { op: 'move', from: '/params/arguments/y', path: '/params/list' },
    ] as const;
    expect(changed(message, { patch: [...patch] })).toEqual({
      ...message,
      params: { name: 'b', copied: 'b', arguments: {}, list: [1, 2, 3] },
    });
    expect(message.params.name).toBe('a');
  });

  test('by a merge: what is null goes, what is an object is merged, all else is put in its place', () => {
    const merge = { params: { name: null, arguments: { x: 2, z: { q: null } } }, more: [1] };
    expect(changed(message, { merge })).toEqual({
      ...message,
      params: { arguments: { x: 2, y: [1, 2], z: {} } },
      more: [1],
    });
    expect(changed({ params: 'text' }, { merge: { params: { a: 1 } } })).toEqual({ params: { a: 1 } });
  });

  test.each([
    { op: 'test', path: '/params/name', value: 'z' },
    { op: 'remove', path: '/params/none' },
    { op: 'replace', path: '/none/x', value: 1 },
    { op: 'add', path: '/params/name/x', value: 1 },
    { op: 'add', path: '/__proto__/polluted', value: 1 },
    { op: 'add', path: '/constructor/prototype/polluted', value: 1 },
  ] as const)('or not at all: %j does not fit', (operation) => {
    expect(() => changed(message, { patch: [operation] })).toThrow('the patch does not fit');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('and no key of a merge reaches what all objects have', () => {
    const merge = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as object;
    const result = changed({}, { merge: merge as Record<string, unknown> });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.keys(result)).toEqual(['__proto__', 'constructor']);
  });
});
