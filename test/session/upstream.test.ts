import { describe, expect, test } from 'vitest';
import {
  announceFinalLoss,
  announceLoss,
  announceReady,
  announceStopped,
  backoffMs,
  connect,
  defaultRestartPolicy,
  type Departure,
  disconnect,
  isRestartGranted,
  mayRestart,
  neverRestart,
  noteDeparture,
  type RestartPolicy,
  type UpstreamEffect,
  UpstreamRecord,
} from '../../src/session/upstream.ts';

const crash: Departure = { reason: 'exited', exitCode: 1, signal: null, lastStderr: ['boom'] };

function lost(at: number, departure: Departure = crash) {
  return { type: 'connection.lost', at, departure } as const;
}

function commit<TEvent extends { readonly at: number }>(
  record: UpstreamRecord,
  update: (record: UpstreamRecord, event: TEvent) => void,
  event: TEvent,
): readonly UpstreamEffect[] {
  record.unit.begin(event.at);
  update(record, event);
  record.unit.prepare(true);
  return record.unit.commit();
}

/** Crashes at each of these times; what the policy said each time. */
function crashes(policy: RestartPolicy, times: readonly number[]): readonly boolean[] {
  const record = new UpstreamRecord({ policy });
  return times.map((at) => {
    const isAllowed = mayRestart(record, lost(at));
    if (isAllowed) commit(record, announceLoss, lost(at));
    return isAllowed;
  });
}

describe('restarts', () => {
  test('are three in a minute by default, and none where nobody wants them', () => {
    expect(defaultRestartPolicy).toEqual({ restartsMax: 3, withinMs: 60_000, backoffMs: 100 });
    expect(crashes(defaultRestartPolicy, [0, 1, 2, 3])).toEqual([true, true, true, false]);
    expect(crashes(neverRestart, [0])).toEqual([false]);
  });

  test('count as long as the window reaches back to them, and no moment longer', () => {
    const policy = { restartsMax: 2, withinMs: 1000, backoffMs: 1 };
    expect(crashes(policy, [0, 500, 999])).toEqual([true, true, false]);
    expect(crashes(policy, [0, 500, 1000, 1499])).toEqual([true, true, true, false]);
    expect(crashes(policy, [0, 500, 1000, 1500])).toEqual([true, true, true, true]);
  });

  test('that no longer count are forgotten, so that their list stays as short as the policy', () => {
    const record = new UpstreamRecord({ policy: { restartsMax: 3, withinMs: 10, backoffMs: 1 } });
    for (let at = 0; at < 1000; at += 5) commit(record, announceLoss, lost(at));
    expect(record.restartedAt).toEqual([990, 995]);
  });

  test('are not tried for what could not be started at all, nor for what was never there', () => {
    const record = new UpstreamRecord({ policy: defaultRestartPolicy });
    expect(mayRestart(record, lost(0, { ...crash, reason: 'unreachable' }))).toBe(false);
    expect(mayRestart(record, lost(0, { ...crash, reason: 'spawn-failed' }))).toBe(false);
    expect(mayRestart(record, lost(0, { ...crash, reason: 'connection-lost' }))).toBe(true);
  });
});

test('a restart is granted by the loss that announced it, until a loss that is final', () => {
  const record = new UpstreamRecord({ policy: defaultRestartPolicy });
  const granted = [isRestartGranted(record)];
  for (const announce of [announceLoss, announceFinalLoss]) {
    commit(record, announce, lost(0));
    granted.push(isRestartGranted(record));
  }
  expect(granted).toEqual([false, true, false]);
});

describe('the pause before a restart', () => {
  test('doubles with each restart in the window, and starts anew when the window has passed', () => {
    const record = new UpstreamRecord({ policy: { restartsMax: 5, withinMs: 1000, backoffMs: 100 } });
    const pauses = [0, 10, 20, 30, 5000].map((at) => {
      commit(record, announceLoss, lost(at));
      return backoffMs(record);
    });
    expect(pauses).toEqual([100, 200, 400, 800, 100]);
  });

  test('counts the restart that is being announced, and not one that was rolled back', () => {
    const record = new UpstreamRecord({ policy: { restartsMax: 5, withinMs: 1000, backoffMs: 100 } });
    commit(record, announceLoss, lost(0));
    record.unit.begin(10);
    announceLoss(record, lost(10));
    expect(backoffMs(record)).toBe(200);
    record.unit.rollback();
    expect(backoffMs(record)).toBe(100);
  });
});

describe('what the session is told', () => {
  const record = (): UpstreamRecord => new UpstreamRecord({ policy: defaultRestartPolicy });

  test('of a loss: why, and whether the server comes back', () => {
    const loss = { reason: 'exited', exitCode: 1, signal: null, lastStderr: ['boom'] };
    expect(commit(record(), announceLoss, lost(0))).toEqual([
      { type: 'announce-lost', loss: { ...loss, willRestart: true } },
    ]);
    expect(commit(record(), announceFinalLoss, lost(0))).toEqual([
      { type: 'announce-lost', loss: { ...loss, willRestart: false } },
    ]);
  });

  test('of the end: the departure that the server died of', () => {
    const upstream = record();
    commit(upstream, announceFinalLoss, lost(0));
    expect(commit(upstream, announceStopped, { type: 'upstream.stop', at: 1 })).toEqual([
      { type: 'announce-stopped', departure: crash },
    ]);
    const last = { ...crash, exitCode: 2 };
    expect(commit(upstream, announceStopped, lost(2, last))).toEqual([{ type: 'announce-stopped', departure: last }]);
  });

  test('of the end of a server that never went away: nothing', () => {
    expect(commit(record(), announceStopped, { type: 'upstream.stop', at: 1 })).toEqual([
      { type: 'announce-stopped', departure: undefined },
    ]);
  });

  test('a departure that was asked for is remembered, and is no restart', () => {
    const upstream = record();
    expect(commit(upstream, noteDeparture, lost(0))).toEqual([]);
    expect(upstream.lastDeparture).toEqual(crash);
    expect(upstream.restartedAt).toEqual([]);
  });

  test('a loss leaves both: the departure and the restart', () => {
    const upstream = record();
    commit(upstream, announceLoss, lost(7));
    expect([upstream.lastDeparture, upstream.restartedAt]).toEqual([crash, [7]]);
  });
});

test('connecting, being ready and disconnecting are one effect each', () => {
  const upstream = new UpstreamRecord({ policy: defaultRestartPolicy });
  const at = { at: 0 };
  expect([connect, announceReady, disconnect].map((update) => commit(upstream, update, at))).toEqual([
    [{ type: 'connect' }],
    [{ type: 'announce-ready' }],
    [{ type: 'disconnect' }],
  ]);
});
