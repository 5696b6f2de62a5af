import { describe, expect, test } from 'vitest';
import { Calls, essentialParams } from '../../src/record/replay-calls.ts';

interface Named {
  readonly name: string;
  readonly method: string;
  readonly message: Readonly<Record<string, unknown>>;
}

const named = (name: string, method: string, params?: object): Named => ({
  name,
  method,
  message: { jsonrpc: '2.0', method, ...(params === undefined ? {} : { params }) },
});

const echo = (name: string, message: unknown, meta?: object): Named =>
  named(name, 'tools/call', { name: 'echo', arguments: { message, other: 1 }, ...(meta && { _meta: meta }) });

const taken = (calls: Calls<Named>, wanted: Named): string | undefined => calls.take(wanted)?.name;

describe('the call of a tape that is meant', () => {
  test('has the same params, whatever the order of keys and whatever is in _meta', () => {
    const calls = new Calls([echo('a', 'x', { progressToken: 1 }), echo('b', 'y')]);
    const wanted = named('', 'tools/call', { arguments: { other: 1, message: 'y' }, _meta: { t: 1 }, name: 'echo' });
    expect(taken(calls, wanted)).toBe('b');
    expect(taken(calls, echo('', 'x', { progressToken: 'other' }))).toBe('a');
    expect(taken(calls, echo('', 'z'))).toBeUndefined();
    expect(taken(calls, named('', 'prompts/list'))).toBeUndefined();
  });

  test('is the next of those that are equal, and then the last one again', () => {
    const calls = new Calls([echo('1', 'x'), echo('other', 'y'), echo('2', 'x')]);
    expect(['x', 'x', 'x', 'x'].map((text) => taken(calls, echo('', text)))).toEqual(['1', '2', '2', '2']);
    expect(calls.left.map(({ name }) => name)).toEqual(['other']);
  });

  test('is taken once where each is meant once', () => {
    const calls = new Calls([named('1', 'roots/list'), named('2', 'roots/list', {})]);
    const wanted = named('', 'roots/list');
    expect([1, 2, 3].map(() => calls.takeOnce(wanted)?.name)).toEqual(['1', '2', undefined]);
  });

  test('is found by a cursor that the tape has, and by the order of pages where it has not', () => {
    const pages = (): Calls<Named> =>
      new Calls([named('first', 'tools/list'), named('second', 'tools/list', { cursor: 'p2' })]);
    const calls = pages();
    const wanted = [undefined, { cursor: 'p2' }, {}, { cursor: 'p2' }].map((params) => named('', 'tools/list', params));
    expect(wanted.map((each) => taken(calls, each))).toEqual(['first', 'second', 'first', 'second']);
    const strange = pages();
    expect(taken(strange, named('', 'tools/list'))).toBe('first');
    expect(taken(strange, named('', 'tools/list', { cursor: 'unknown' }))).toBe('second');
  });

  test('may have hidden params, which match anything', () => {
    const calls = new Calls([echo('hidden', '[redacted]'), echo('exact', 'x')]);
    expect(taken(calls, echo('', 'x'))).toBe('exact');
    expect(taken(calls, echo('', 'whatever'))).toBe('hidden');
    expect(taken(calls, echo('', 'again'))).toBe('hidden');
  });

  test('is that of the handshake, whatever the client says of itself', () => {
    const calls = new Calls([named('hello', 'initialize', { clientInfo: { name: 'a' } })]);
    expect(taken(calls, named('', 'initialize', { clientInfo: { name: 'b' }, protocolVersion: '1' }))).toBe('hello');
  });

  test('is said where there is none, with the first place of the one that is most like it', () => {
    const calls = new Calls([
      named('far', 'tools/call', { name: 'other', arguments: { x: 1 } }),
      echo('near', 'hello'),
    ]);
    const { call, difference } = calls.nearest(echo('', 'hallo'))!;
    expect([call.name, difference.path, difference.expected]).toEqual(['near', '/arguments/message', 'hello']);
    expect(calls.nearest(named('', 'nothing/like'))).toBeUndefined();
  });
});

test('what counts of a cancellation and of progress is not which request of today it is about', () => {
  expect(essentialParams(named('', 'notifications/cancelled', { requestId: 1, reason: 'x' }))).toEqual({ reason: 'x' });
  expect(essentialParams(named('', 'notifications/progress', { progressToken: 1, progress: 2 }))).toEqual({
    progress: 2,
  });
});
