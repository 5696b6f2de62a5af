/** The leak audit of this very process: real servers, real leaks, and traffic in which there is none. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { leaksOf } from '../../src/cli/process-look.ts';
import type { PeerLink, UpstreamEvents } from '../../src/ports.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { RuntimeSession } from '../../src/runtime/api.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { initialize, notification } from '../../src/testing/messages.ts';
import { childConnector } from '../../src/transports/child-connector.ts';
import { fixture, toolCall } from '../e2e/program.ts';

const bytes = (message: object): Uint8Array => Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));

function process_() {
  const clock = systemClock();
  const runtime = createRuntime({ clock });
  const connectors = new Set<ReturnType<typeof childConnector>>();
  const server = () => {
    const connector = childConnector({
      command: process.execPath,
      args: [fixture('scripted-server.mjs')],
      clock,
      lineBytesMax: 1e6,
      onStderr: () => {},
    });
    connectors.add(connector);
    return connector;
  };
  /** A session, and what its client hears, one answer after the other. */
  const open = () => {
    const heard: string[] = [];
    let tell = (): void => {};
    const client: PeerLink = {
      write: (message) => {
        heard.push(Buffer.concat(message).toString());
        tell();
        return true;
      },
      pause: () => {},
      close: () => {},
    };
    const opened = runtime.open({ transportType: 'stdio', client, server: server() });
    if ('refusal' in opened) throw new Error(opened.refusal.code);
    const until = async (text: string): Promise<void> => {
      while (!heard.some((message) => message.includes(text))) {
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      }
    };
    return { session: opened.session, until };
  };
  onTestFinished(async () => {
    await runtime.stop();
    await Promise.all([...connectors].map(async (connector) => connector.stop()));
  });
  const report = async () =>
    leaksOf({ clock, audits: () => [runtime.audit()], session: (id) => runtime.session(id) }, 50);
  const found = async (): Promise<readonly string[]> =>
    (await report()).drift.map(({ kind, about }) => `${kind} ${about}`);
  return { server, open, report, found };
}

async function greet({ session, until }: { session: RuntimeSession; until: (text: string) => Promise<void> }) {
  session.client.receive(bytes(initialize('hello')));
  await until('"hello"');
  session.client.receive(bytes(notification('notifications/initialized')));
}

describe.skipIf(process.platform === 'win32')('U13 the audit of a process', () => {
  test('finds a child that nobody here knows of, and no more when it is gone', async () => {
    const { found } = process_();
    const stray = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore' });
    const exit = once(stray, 'exit');
    await once(stray, 'spawn');
    expect(await found()).toContain(`child ${stray.pid}`);
    stray.kill('SIGKILL');
    await exit;
    expect(await found()).toEqual([]);
  });

  test('finds a server that outlives its session', async () => {
    const { server, found } = process_();
    const nothing = (): void => {};
    const events = { message: nothing, unreadable: nothing, failed: nothing, drained: nothing, leaving: nothing };
    let link: ReturnType<ReturnType<typeof server>['connect']> | undefined;
    const lost = new Promise<void>((resolve) => {
      link = server().connect({ ...events, ready: nothing, lost: () => resolve() } satisfies UpstreamEvents);
    });
    expect(await found()).toEqual([`child ${link!.pid}`]);
    link!.close('the test is over');
    await lost;
    expect(await found()).toEqual([]);
  });

  test('finds nothing while sessions come, call, lose their servers and go', async () => {
    const { open, report } = process_();
    const seen: unknown[] = [];
    const look = async (): Promise<void> => {
      const { drift, has } = await report();
      seen.push(...drift);
      expect(has.children).toBeGreaterThanOrEqual(0);
    };
    const lives = Array.from({ length: 6 }, async (_, index) => {
      const life = open();
      await greet(life);
      for (const call of [1, 2, 3]) {
        life.session.client.receive(bytes(toolCall(`${index}-${call}`, 'echo', { text: 'x' })));
        await life.until(`"${index}-${call}"`);
        await look();
      }
      if (index % 2 === 0) life.session.client.receive(bytes(toolCall('last', 'delay', { ms: 60_000 })));
      life.session.close();
      await look();
    });
    await Promise.all(lives);
    await look();
    expect(seen).toEqual([]);
  });
});
