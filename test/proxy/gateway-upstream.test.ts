import { EventEmitter, once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import type { ChildUpstream } from '../../src/config/gateway-config.ts';
import { type GatewayUpstream, openUpstream, upstreamKey } from '../../src/proxy/gateway-upstream.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { fixture } from '../e2e/program.ts';
import { survivors } from '../e2e/survivors.ts';

const child: ChildUpstream = {
  kind: 'child',
  command: process.execPath,
  args: [fixture('scripted-server.mjs')],
  env: {},
  cwd: process.cwd(),
  isShared: false,
  isRestartable: false,
  restarts: true,
};

async function opened(): Promise<{ readonly upstream: GatewayUpstream; readonly pids: readonly number[] }> {
  const pids: number[] = [];
  const started = new EventEmitter();
  const log = {
    ...silentLog,
    info: ({ pid }: Readonly<Record<string, unknown>>) => {
      if (typeof pid !== 'number') return;
      pids.push(pid);
      started.emit('server');
    },
  };
  const upstream = await openUpstream('one', child, 1e6, { clock: systemClock(), log, onStderr: () => {} });
  if (pids.length === 0) await once(started, 'server');
  onTestFinished(async () => upstream.stop());
  return { upstream, pids };
}

test('an upstream that nobody uses ends when it is retired', async () => {
  const { upstream, pids } = await opened();
  upstream.retire();
  await upstream.stop();
  expect(pids).toHaveLength(1);
  expect(pids.filter((pid) => survivors(pid).length > 0)).toEqual([]);
});

test('an upstream that is retired stays until the last session has let go of it', async () => {
  const { upstream, pids } = await opened();
  const [one, other] = [upstream.open(), upstream.open()];
  upstream.retire();
  // The first one has the process that was started ahead.
  other.release();
  other.release();
  expect(survivors(pids[0]!)).not.toEqual([]);
  one.release();
  await upstream.stop();
  expect(pids.filter((pid) => survivors(pid).length > 0)).toEqual([]);
});

test('an upstream is another one when anything of it changes', () => {
  const key = upstreamKey(child, 1);
  expect(upstreamKey({ ...child }, 1)).toBe(key);
  for (const other of [
    { ...child, args: [] },
    { ...child, env: { A: 'b' } },
    { ...child, isShared: true },
  ]) {
    expect(upstreamKey(other, 1)).not.toBe(key);
  }
  expect(upstreamKey(child, 2)).not.toBe(key);
});
