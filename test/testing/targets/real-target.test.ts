import { afterEach, describe, expect, test } from 'vitest';
import type { RunningTarget } from '../../../src/testing/play/target.ts';
import { realTarget } from '../../../src/testing/targets/real-target.ts';
import { type RealTargetOptions, targetProblem } from '../../../src/testing/targets/real-target-options.ts';
import { fixture, ninelives, scripted } from '../../e2e/program.ts';
import { Notes, handshake, stageWith } from './stage.ts';

const running: RunningTarget[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (one) => one.stop()));
});

async function start(options: RealTargetOptions) {
  const notes = new Notes();
  const target = await realTarget(options).start(stageWith(notes));
  running.push(target);
  return { notes, target };
}

const era = 'session';

describe('one speaks', () => {
  test('with a server as its client, and each connection is a process of its own', async () => {
    const { notes, target } = await start({ kind: 'server', era, command: scripted() });
    for (const name of ['a', 'b']) (await target.connect(notes.events(name), {})).send(handshake(0), 1);
    await target.settle();
    expect(notes.lines.filter((line) => /^[ab] hears result 0/.test(line))).toHaveLength(2);
  });

  test('with a proxy that listens, as its client and as its server', async () => {
    const command = ninelives('forward', 'http', '--listen', '127.0.0.1:{port}', '--', '{server}');
    const { notes, target } = await start({ kind: 'proxy', era, command });
    const client = await target.connect(notes.events('client'), {});
    client.send(handshake('one'), 1);
    await target.settle();
    expect(notes.lines.filter((line) => / hears (initialize|result "one")/.test(line))).toHaveLength(2);
    await target.kill!('server');
    await notes.until('server 1 is closed');
  });

  test('with a proxy on its standard streams, with a server at a URL behind it', async () => {
    const command = ninelives('forward', 'stdio', '--upstream', '{server-url}');
    const { notes, target } = await start({ kind: 'proxy', era, command });
    (await target.connect(notes.events('client'), {})).send(handshake(7), 1);
    await target.settle();
    expect(notes.lines.filter((line) => line.includes(' 7'))).toHaveLength(2);
  });

  test('with a WebSocket', async () => {
    const command = ninelives('forward', 'ws', '--listen', '127.0.0.1:{port}', '--', '{server}');
    const { notes, target } = await start({ kind: 'proxy', era, command, url: 'ws://127.0.0.1:{port}/mcp' });
    const client = await target.connect(notes.events('client'), {});
    client.send(handshake(1), 1);
    await target.settle();
    await target.kill!('target');
    await notes.until('client is closed');
    expect(notes.lines.some((line) => line.startsWith('client hears result 1'))).toBe(true);
  });

  test('with a client as its server', async () => {
    const client = `process.stdout.write(JSON.stringify(${JSON.stringify(handshake(3))}) + '\\n')`;
    const { notes, target } = await start({ kind: 'client', era, command: [process.execPath, '-e', client] });
    await target.settle();
    expect(await notes.until('server 1 hears')).toBe('server 1 hears initialize 3');
  });
});

test('where servers are reached over HTTP nobody is held to an order', () => {
  const facts = (server: string) => realTarget({ kind: 'proxy', era, command: ['p', server] });
  expect(facts('{server-url}').hasHttpServers).toBe(true);
  expect(facts('{server}').hasHttpServers).toBe(undefined);
});

describe('one that does not come up is an error that tells', () => {
  test('what was started and what it said last', async () => {
    const command = [process.execPath, '-e', 'console.error("no such thing {port}"); process.exit(4)'];
    const failing = realTarget({ kind: 'server', era, command }).start(stageWith(new Notes()));
    await expect(failing).rejects.toThrow(
      /it exited with 4 before it listened on 127\.0\.0\.1:\d+\n.*\n {2}no such thing \d+/,
    );
  });

  test('that a client said nothing', async () => {
    const command = [process.execPath, '-e', ''];
    const failing = realTarget({ kind: 'client', era, command }).start(stageWith(new Notes()));
    await expect(failing).rejects.toThrow('it exited with 0 before it said anything to its server');
  });

  test('that it did not listen in time', async () => {
    const command = [process.execPath, fixture('deaf-child.mjs'), '{port}'];
    const failing = realTarget({ kind: 'server', era, command, startMsMax: 200 }).start(stageWith(new Notes()));
    await expect(failing).rejects.toThrow('after 200 ms');
  });
});

test.each([
  [{ kind: 'server', era }, '--url'],
  [{ kind: 'proxy', era, url: 'http://x' }, 'command behind --'],
  [{ kind: 'proxy', era, command: ['p', '{port}'] }, '{server}'],
  [{ kind: 'server', era, command: ['p', '{server}'] }, 'verify proxy'],
] as const)('%j cannot be tested, and that is said', (options, says) => {
  expect(targetProblem(options)).toContain(says);
});
