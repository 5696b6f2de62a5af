import { describe, expect, test } from 'vitest';
import { type ProcessLook, driftOf, leakReport } from '../../src/observe/leak-audit.ts';
import type { RuntimeAudit } from '../../src/runtime/audit.ts';

const audit: RuntimeAudit = {
  sessions: 1,
  upstreams: 1,
  timers: 2,
  pending: 1,
  held: 0,
  tombstones: 3,
  servers: [10],
  drift: [],
};
const server = { pid: 10, what: 'server', isAhead: false, stopAskedAt: undefined } as const;
const peaceful: ProcessLook = {
  now: 100_000,
  runtimes: [audit],
  started: [server],
  running: [{ pid: 10, name: 'node', isZombie: false }],
  resources: ['ProcessWrap', 'PipeWrap', 'PipeWrap'],
  paused: [{ id: 'p1', sessionId: 'here' }],
  hasSession: (id) => id === 'here',
};
const names = (look: ProcessLook): readonly string[] => driftOf(look).map(({ message }) => message);

describe('one look', () => {
  test('at a process in peace finds nothing, nor at one of a system that does not tell', () => {
    expect(names(peaceful)).toEqual([]);
    expect(names({ ...peaceful, running: undefined })).toEqual([]);
  });

  test.each<[string, Partial<ProcessLook>]>([
    [
      'Process 11 (sh) is a child of this one, and nothing here knows of it.',
      { running: [...peaceful.running!, { pid: 11, name: 'sh', isZombie: false }] },
    ],
    ['Process 10 (node) has ended, and nobody takes notice.', { running: [{ pid: 10, name: 'node', isZombie: true }] }],
    ['Process 10 is taken to run, and is gone.', { running: [] }],
    ['Process 10 (node) is a server, and no session has it.', { runtimes: [{ ...audit, servers: [] }] }],
    ['Process 10 (node) was to stop 31 s ago, and runs.', { started: [{ ...server, stopAskedAt: 69_000 }] }],
    ['Node holds 2 child processes, and 1 are known here.', { resources: ['ProcessWrap', 'ProcessWrap'] }],
    ['Frame p2 is paused, and its session gone is gone.', { paused: [{ id: 'p2', sessionId: 'gone' }] }],
    ['of a runtime', { runtimes: [{ ...audit, drift: [{ kind: 'timer', about: 'x', message: 'of a runtime' }] }] }],
  ])('finds: %s', (message, change) => {
    expect(names({ ...peaceful, ...change })).toEqual([message]);
  });

  test('lets servers be that start ahead, stop, or run an errand', () => {
    const none = { ...peaceful, runtimes: [{ ...audit, servers: [] }] };
    expect(names({ ...none, started: [{ ...server, isAhead: true }] })).toEqual([]);
    expect(names({ ...none, started: [{ ...server, stopAskedAt: 80_000 }] })).toEqual([]);
    expect(names({ ...none, started: [{ ...server, what: 'errand' }] })).toEqual([]);
  });
});

describe('a report', () => {
  const looks = (...all: readonly ProcessLook[]) => {
    let at = 0;
    return { look: () => all[Math.min(at++, all.length - 1)]!, looked: () => at };
  };

  test('of peace takes one look, and says what there is', async () => {
    const { look, looked } = looks(peaceful);
    const { has, drift } = await leakReport(look, async () => {});
    expect([looked(), drift]).toEqual([1, []]);
    expect(has).toMatchObject({ sessions: 1, children: 1, paused: 1, resources: { ProcessWrap: 1, PipeWrap: 2 } });
  });

  test('calls a leak what two looks have seen, and not what was only on its way', async () => {
    const ghost = { pid: 11, name: 'sh', isZombie: false };
    const suspicious = {
      ...peaceful,
      running: [...peaceful.running!, ghost],
      resources: ['ProcessWrap', 'ProcessWrap'],
    };
    const passing = looks(suspicious, peaceful);
    expect((await leakReport(passing.look, async () => {})).drift).toEqual([]);
    expect(passing.looked()).toBe(2);
    const staying = looks(suspicious, { ...suspicious, resources: [] });
    expect((await leakReport(staying.look, async () => {})).drift).toMatchObject([{ kind: 'child', about: '11' }]);
  });
});
