import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareMessages, differencesBetween, isPassing, passingPlaces } from '../../src/record/message-comparison.ts';

const all = { ignoring: () => false };

describe('where two messages differ', () => {
  test('values that say the same do not, whatever the order of their keys', () => {
    const expected = { method: 'tools/call', params: { name: 'echo', arguments: { a: [1, { b: null }] } } };
    const actual = { params: { arguments: { a: [1, { b: null }] }, name: 'echo' }, method: 'tools/call' };
    expect(compareMessages(expected, actual, all)).toBeUndefined();
  });

  test('the first place is told as a JSON Pointer, with what stands there on both sides', () => {
    const expected = { params: { 'a/b~c': [1, 2], z: 1 } };
    const actual = { params: { 'a/b~c': [1, 3], z: 2 } };
    expect(compareMessages(expected, actual, all)).toEqual({ path: '/params/a~1b~0c/1', expected: 2, actual: 3 });
  });

  test('every place is told: what is missing, what is more, and what is of another kind', () => {
    const expected = { gone: 1, list: [1, 2], of: [1], same: true };
    const actual = { more: null, list: [1], of: { 0: 1 }, same: true };
    expect([...differencesBetween(expected, actual, all)]).toEqual([
      { path: '/gone', expected: 1, actual: undefined },
      { path: '/list/1', expected: 2, actual: undefined },
      { path: '/of', expected: [1], actual: { 0: 1 } },
      { path: '/more', expected: undefined, actual: null },
    ]);
  });

  test('keys that every object of JavaScript has are keys like any other', () => {
    const found = compareMessages(JSON.parse('{"__proto__": 1}'), {}, all);
    expect(found).toEqual({ path: '/__proto__', expected: 1, actual: undefined });
    expect(compareMessages({}, { toString: 1 }, all)?.expected).toBeUndefined();
  });

  test('what is at an ignored place, and below it, is taken for equal', () => {
    const ignoring = (path: string): boolean => path === '/params/_meta';
    const expected = { params: { _meta: { a: 1 }, name: 'x' } };
    expect(compareMessages(expected, { params: { _meta: { a: { b: 2 } }, name: 'x' } }, { ignoring })).toBeUndefined();
    expect(compareMessages(expected, { params: { name: 'x' } }, { ignoring })).toBeUndefined();
    expect(compareMessages(expected, { params: { name: 'y' } }, { ignoring })?.path).toBe('/params/name');
  });

  test('ids, tokens and times of a run are passing, and nothing that a message is about', () => {
    const message = (run: number): object => ({
      id: run,
      params: { name: 'x', _meta: { progressToken: run, traceparent: `00-${run}` }, requestId: run },
      result: { task: { taskId: String(run), createdAt: String(run), status: 'working' } },
    });
    expect(compareMessages(message(1), message(2), { ignoring: isPassing })).toBeUndefined();
    expect(passingPlaces.filter((place) => place.includes('name') || place.includes('arguments'))).toEqual([]);
  });

  test('metadata with nothing in it that counts is as good as none, and so are empty params; nothing else is', () => {
    const bare = { method: 'ping' };
    for (const params of [{}, { _meta: {} }, { _meta: { progressToken: 1 } }]) {
      expect(compareMessages(bare, { ...bare, params }, { ignoring: isPassing })).toBeUndefined();
      expect(compareMessages({ ...bare, params }, bare, { ignoring: isPassing })).toBeUndefined();
    }
    expect(compareMessages(bare, { ...bare, params: { _meta: { a: 1 } } }, { ignoring: isPassing })).toBeDefined();
    expect(compareMessages({ capabilities: {} }, { capabilities: { tools: {} } }, all)?.path).toBe(
      '/capabilities/tools',
    );
  });

  test('values that are nested very deep are compared as well', () => {
    const deep = (inside: unknown): unknown => {
      let value = inside;
      for (let depth = 0; depth < 2000; depth++) value = [value];
      return value;
    };
    expect(compareMessages(deep(1), deep(2), all)?.path).toBe('/0'.repeat(2000));
  });

  test('there is a difference exactly where the texts differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        // As it comes out of a tape: there is no minus zero in a text that JSON.stringify wrote.
        const [expected, actual]: readonly unknown[] = [one, other].map((value) => JSON.parse(JSON.stringify(value)));
        expect(compareMessages(expected, structuredClone(expected), all)).toBeUndefined();
        const found = compareMessages(expected, actual, all);
        expect(found === undefined).toBe(sorted(expected) === sorted(actual));
      }),
      { numRuns: 200 },
    );
  });
});

/** The same text for the same value, however its keys are ordered. */
function sorted(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${sorted(member)}`);
  return `{${members.sort().join()}}`;
}
