import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Listed, holderOf, listsOf } from '../../src/cli/holding-process.ts';
import type { KnownProcess } from '../../src/cli/known-processes.ts';
import { listenOn } from '../../src/proxy/listening.ts';

const processWith = (pid: number, origin = ''): KnownProcess => ({
  reached: { origin, token: 'x' },
  facts: { pid } as KnownProcess['facts'],
  sessions: [],
});

const list = (pid: number, ...ids: readonly string[]): Listed<{ readonly id: string }> => ({
  process: processWith(pid),
  items: ids.map((id) => ({ id })),
});

describe('the process that has what an id names', () => {
  const lists = [list(1, 'a', 'b'), list(2, 'b')];

  test('is the one on whose list it is', () => {
    expect(holderOf('a', lists, 'thing')).toMatchObject({ process: { facts: { pid: 1 } }, item: { id: 'a' } });
  });

  test('is none where nobody has it, and none where two have: one of them has to be named', () => {
    expect(holderOf('c', lists, 'thing')).toEqual({ problem: "there is no thing 'c'" });
    expect(holderOf('b', lists, 'thing')).toEqual({
      problem: "'b' is a thing in processes 1 and 2: say which with --pid",
    });
  });
});

describe('the lists of processes', () => {
  const server = createServer((request, response) => {
    const isKnown = request.url === '/things';
    response.statusCode = isKnown ? 200 : 404;
    const error = { code: 'NOT_FOUND', message: 'not that' };
    response.end(JSON.stringify(isKnown ? { things: [{ id: 'a' }] } : { error }));
  });
  let origin = '';
  beforeAll(async () => {
    const { port } = await listenOn(server, { host: '127.0.0.1', port: 0, path: '' });
    origin = `http://127.0.0.1:${port}`;
  });
  afterAll(() => void server.close());

  test('are those of whoever says what it has, and why another does not', async () => {
    const known = [processWith(1, origin)];
    expect(await listsOf(known, '/things', 'things')).toMatchObject({
      lists: [{ items: [{ id: 'a' }] }],
      problems: [],
    });
    expect(await listsOf(known, '/others', 'things')).toEqual({ lists: [], problems: ['process 1: not that'] });
  });
});
