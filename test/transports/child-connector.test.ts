import { fileURLToPath } from 'node:url';
import { onTestFinished, describe, expect, test } from 'vitest';

import { systemClock } from '../../src/runtime/system-clock.ts';
import type { Departure } from '../../src/session/upstream.ts';
import { type ChildConnector, childConnector } from '../../src/transports/child-connector.ts';
import { survivors } from '../e2e/survivors.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.mjs`, import.meta.url));

/** A connector for `node FIXTURE ARGS...`, and what is told of its servers in order. */
function connectorTo(name: string, ...args: readonly string[]) {
  const pids: number[] = [];
  const told: string[] = [];
  const connector = childConnector({
    command: process.execPath,
    args: [fixture(name), ...args],
    clock: systemClock(),
    lineBytesMax: 1000,
    ladder: { eofMs: 1000, termMs: 100 },
    onSpawned: (pid) => pids.push(pid),
    onStderr: () => {},
    onExit: ({ code }) => told.push(`exit ${code}`),
  });
  onTestFinished(() => connector.kill());
  return { connector, pids, told };
}

/** Connects, and resolves when the server is lost. */
async function connected(connector: ChildConnector): Promise<Departure> {
  return new Promise((resolve) => {
    const ignored = (): void => {};
    connector.connect({ ready: ignored, message: ignored, unreadable: ignored, drained: ignored, lost: resolve });
  });
}

describe('a server reached by starting it', () => {
  test('is told lost with its exit, after it was told to whoever asked for exits', async () => {
    const { connector, told } = connectorTo('launcher-child', 'wait', fixture('no-such-fixture'));
    const departure = await connected(connector);
    expect(departure).toMatchObject({ reason: 'exited', exitCode: 1, signal: null });
    expect(told).toEqual(['exit 1']);
  });

  test('that leaves something behind is stopped only when that is gone too', async () => {
    const { connector, pids } = connectorTo('launcher-child', 'leave', fixture('stubborn-child'));
    await connected(connector);
    expect(survivors(pids[0]!)).not.toEqual([]);
    await connector.stop();
    expect(survivors(pids[0]!)).toEqual([]);
  });

  test('is stopped in each of its lives', async () => {
    const { connector, pids } = connectorTo('stubborn-child');
    const lives = [connected(connector), connected(connector)];
    await expect.poll(() => pids.length).toBe(2);
    await connector.stop();
    await Promise.all(lives);
    expect(pids.flatMap(survivors)).toEqual([]);
  });

  test('that cannot be started is lost for that reason, and there is nothing to stop', async () => {
    const connector = childConnector({
      command: '/no/such/command',
      args: [],
      clock: systemClock(),
      lineBytesMax: 1000,
      onStderr: () => {},
    });
    expect(await connected(connector)).toMatchObject({ reason: 'spawn-failed', exitCode: null });
    await connector.stop();
  });
});
