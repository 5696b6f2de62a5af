import { describe, expect, test } from 'vitest';
import type { OpenOptions } from '../../src/runtime/api.ts';
import { checkOpen, checkSessionId } from '../../src/runtime/checked-open.ts';
import { Ear, World } from '../properties/world.ts';

const refused = (code: string, message: string): Error =>
  expect.objectContaining({ name: 'LocalError', code, message: expect.stringContaining(message) }) as Error;
const good: OpenOptions = { transportType: 'in-memory', client: new Ear(), server: new Ear() };

describe('opening a session', () => {
  test.each(['stdio', 'http', 'sse', 'websocket', 'in-memory'] as const)('is possible on %s', (transportType) => {
    expect(() => checkOpen({ ...good, transportType })).not.toThrow();
  });

  test('is possible with links and connectors whose methods are inherited', () => {
    class Connector {
      connect(): Ear {
        return new Ear();
      }
    }
    expect(() => checkOpen({ ...good, server: new Connector() })).not.toThrow();
  });

  test.each<[string, object, string]>([
    [
      'a transport that does not exist',
      { transportType: 'tcp' },
      'transportType is tcp; allowed are stdio, http, sse,',
    ],
    ['the name of an inherited member', { transportType: 'toString' }, 'transportType is toString;'],
    ['no transport', { transportType: undefined }, 'transportType is undefined;'],
    ['no client', { client: undefined }, 'client is no link: it needs write, pause and close.'],
    ['half a client', { client: { write: () => true } }, 'client is no link'],
    ['no server', { server: undefined }, 'server is no link and no connector'],
    ['a server that is a name', { server: 'node server.js' }, 'server is no link and no connector'],
  ])('is not with %s; nothing is changed', (_case, wrong, message) => {
    const world = new World();
    const before = world.runtime.totals();
    expect(() => world.open(wrong)).toThrow(refused('INVALID_OPTION', message));
    expect([world.runtime.totals(), world.observations]).toEqual([before, []]);
  });

  test.each<[string, unknown]>([
    ['that is taken', 's1'],
    ['that is empty', ''],
    ['that is no text', 7],
  ])('is not under an id %s; nobody has to make room for it', (_case, id) => {
    const ids: unknown[] = ['s1', id];
    const world = new World({ ids: { sessionId: () => ids.shift() as string }, limits: { sessions: 1 } });
    const first = world.open();
    first.shake();
    expect(() => world.open()).toThrow(refused('INVALID_OPTION', 'ids.sessionId() gave'));
    expect([first.endedFor, [...world.runtime.sessions()].length]).toEqual([undefined, 1]);
  });

  test('is possible under an id whose session has ended', () => {
    expect(() => checkSessionId('s1', () => false)).not.toThrow();
    expect(() => checkSessionId('s1', () => true)).toThrow(refused('INVALID_OPTION', 'a session that is open'));
  });
});
