import { fileURLToPath } from 'node:url';
import { onTestFinished, describe, expect, test } from 'vitest';

import type { UpstreamEvents } from '../../src/ports.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import type { Departure } from '../../src/session/upstream.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { type ChildConnector, childConnector } from '../../src/transports/child-connector.ts';
import { survivors } from '../e2e/survivors.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.mjs`, import.meta.url));
const node = (name: string, ...args: readonly string[]) => [process.execPath, fixture(name), ...args];
const shell = (script: string) => ['sh', '-c', script];

/** A connector for the command, and what is told of its servers in order. */
function connectorTo([command = '', ...args]: readonly string[], clock = systemClock()) {
  const pids: number[] = [];
  const told: string[] = [];
  const connector = childConnector({
    command,
    args,
    clock,
    lineBytesMax: 1000,
    ladder: { eofMs: 1000, termMs: 100 },
    onSpawned: (pid) => pids.push(pid),
    onStderr: () => {},
    onExit: ({ code, signal }) => told.push(`exit ${code ?? signal}`),
  });
  onTestFinished(() => connector.kill());
  return { connector, pids, told };
}

/** Connects, and resolves when the server is lost. */
async function connected(connector: ChildConnector, events: Partial<UpstreamEvents> = {}): Promise<Departure> {
  return new Promise((resolve) => {
    const ignored = (): void => {};
    const all = {
      ready: ignored,
      message: ignored,
      unreadable: ignored,
      failed: ignored,
      drained: ignored,
      leaving: ignored,
    };
    connector.connect({ ...all, ...events, lost: resolve });
  });
}

describe('a server that is started ahead', () => {
  test('tells at once, where it is asked to, and is stopped though nobody has connected', async () => {
    const { connector, pids, told } = connectorTo(node('scripted-server'));
    connector.startAhead('at once');
    await connector.stop();
    expect([pids.length, told]).toEqual([1, ['exit 0']]);
  });
});

describe('a server reached by starting it', () => {
  test('is told lost with its exit, after it was told to whoever asked for exits', async () => {
    const { connector, told } = connectorTo(shell('echo "last words" >&2; exit 3'));
    const departure = await connected(connector);
    expect(departure).toEqual({ reason: 'exited', exitCode: 3, signal: null, lastStderr: ['last words'] });
    expect(told).toEqual(['exit 3']);
  });

  test('is told to be leaving when it says nothing more, and lost when it is gone', async () => {
    const { connector } = connectorTo(shell('echo "going mute" >&2; exec >&-; exec sleep 1000'));
    const leaving: Departure[] = [];
    const departure = await connected(connector, { leaving: (told) => leaving.push(told) });
    expect(leaving).toEqual([{ reason: 'closed', exitCode: null, signal: null, lastStderr: ['going mute'] }]);
    expect(departure).toMatchObject({ reason: 'exited', signal: 'SIGTERM' });
  });

  test('says whose message it was that was too large, and half a message at its end', async () => {
    const { connector } = connectorTo(shell(`printf '{"jsonrpc":"2.0","id":1,"result":"%05000d"}\\n{"half"' 0`));
    const heard: unknown[] = [];
    await connected(connector, {
      unreadable: ({ fault, idToken }, bytes) => heard.push([fault, idToken, bytes]),
      message: (bytes) => heard.push(Buffer.from(bytes).toString()),
    });
    expect(heard).toEqual([['frame-too-large', '1', 5036], '{"half"']);
  });

  test('that leaves something behind is stopped only when that is gone too', async () => {
    const { connector, pids } = connectorTo(node('launcher-child', 'leave', fixture('stubborn-child')));
    await connected(connector);
    expect(survivors(pids[0]!)).not.toEqual([]);
    await connector.stop();
    expect(survivors(pids[0]!)).toEqual([]);
  });

  test('is stopped in each of its lives', async () => {
    const { connector, pids } = connectorTo(node('stubborn-child'));
    const lives = [connected(connector), connected(connector)];
    await expect.poll(() => pids.length).toBe(2);
    await connector.stop();
    await Promise.all(lives);
    expect(pids.flatMap(survivors)).toEqual([]);
  });

  test('is given a second to end when there is no time', async () => {
    const clock = new VirtualClock();
    const { connector, pids, told } = connectorTo(node('stubborn-child'), clock);
    await connected(connector, {
      message: (bytes) => {
        const said = Buffer.from(bytes).toString();
        if (said === 'ready') {
          void connector.stop();
          connector.hurry();
        }
        if (said === 'SIGTERM') clock.advance(1000);
      },
    });
    expect(told).toEqual(['exit SIGKILL']);
    await expect.poll(() => pids.flatMap(survivors)).toEqual([]);
  });

  test('is killed in each of its lives', async () => {
    const { connector, pids } = connectorTo(node('launcher-child', 'wait', fixture('stubborn-child')));
    const lives = [connected(connector), connected(connector)];
    await expect.poll(() => pids.length).toBe(2);
    connector.kill();
    expect(await Promise.all(lives)).toMatchObject([{ signal: 'SIGKILL' }, { signal: 'SIGKILL' }]);
    await expect.poll(() => pids.flatMap(survivors)).toEqual([]);
  });

  test('that cannot be started is lost for that reason, and there is nothing to stop', async () => {
    const { connector } = connectorTo(['/no/such/command']);
    expect(await connected(connector)).toMatchObject({ reason: 'spawn-failed', exitCode: null });
    await connector.stop();
  });
});
