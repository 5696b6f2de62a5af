import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Directory, processesIn } from '../../../../src/inspector/page/connection/directory.ts';
import { Served, Told } from './served.ts';

const facts = (pid: number): object => ({ pid, version: '1', command: 'forward http', server: 'x', startedAt: 1 });

let served: Served;
let directory: Directory | undefined;
beforeEach(async () => {
  served = await Served.open();
});
afterEach(async () => {
  directory?.close();
  await served.close();
});

function opened(): { readonly lists: Told<string>; readonly states: Told<string> } {
  const [lists, states] = [new Told<string>(), new Told<string>()];
  directory = new Directory({
    origin: served.origin,
    token: 'abc',
    openSocket: (_reach, path) => served.connect(path),
    onList: (processes, { isHub }) =>
      lists.tell(`${isHub ? 'hub' : 'alone'}: ${processes.map(({ pid }) => pid).join()}`),
    onState: states.tell,
  });
  return { lists, states };
}

describe('the processes', () => {
  test('of a hub are listed as they are and as they change', async () => {
    served.answer = (_method, path) =>
      path === '/processes' ? { status: 200, body: { processes: [facts(1)] } } : { status: 404 };
    const { lists } = opened();
    expect(await lists.next()).toBe('hub: 1');
    const socket = await served.meets();
    socket.send(JSON.stringify({ type: 'processes', processes: [facts(1), facts(2)] }));
    expect(await lists.next()).toBe('hub: 1,2');
  });

  test('are one where the server is a process alone', async () => {
    served.answer = (_method, path) => (path === '/process' ? { status: 200, body: facts(7) } : { status: 404 });
    const { lists, states } = opened();
    expect([await lists.next(), await states.next()]).toEqual(['alone: 7', 'open']);
  });

  test('are found again when a hub has gone and another process answers in its place', async () => {
    served.answer = (_method, path) =>
      path === '/processes' ? { status: 200, body: { processes: [facts(1)] } } : { status: 404 };
    const { lists } = opened();
    await lists.next();
    const socket = await served.meets();
    served.answer = (_method, path) => (path === '/process' ? { status: 200, body: facts(2) } : { status: 404 });
    socket.terminate();
    expect(await lists.next()).toBe('alone: 2');
  });

  test('are not asked for again with a token that is wrong', async () => {
    served.answer = () => ({ status: 401, body: { error: { code: 'UNAUTHORIZED', message: 'Show the token' } } });
    const { states } = opened();
    expect(await states.next()).toBe('unauthorised');
    directory?.lookNow();
    expect(served.asked).toEqual(['GET /processes Bearer abc']);
  });

  test('are looked for until somebody answers', async () => {
    served.answer = () => ({ status: 503 });
    const { states, lists } = opened();
    expect(await states.next()).toBe('lost');
    served.answer = () => ({ status: 200, body: { processes: [] } });
    expect([await states.next(), await lists.next()]).toEqual(['open', 'hub: ']);
  });
});

test('an answer that is no list of processes and no process is none', () => {
  expect(processesIn({ kind: 'answered', body: [] })).toBeUndefined();
  expect(processesIn({ kind: 'answered', body: null })).toBeUndefined();
  expect(processesIn({ kind: 'unreachable', message: '' })).toBeUndefined();
  expect(processesIn({ kind: 'answered', body: { processes: [facts(1), 'x'] } })).toHaveLength(1);
});
