/**
 * The inspectors of others, as they are published and each with the XState that it wants, attached to the built command while a
 * client of the SDK talks through it: what they make of the feed is what the session did.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../e2e/free-port.ts';
import { forwarding, scripted, start, stopAll } from '../e2e/program.ts';
import { absent } from './absent.ts';

afterAll(stopAll);

const timeout = 30_000;
const folder = (name: string): string => `test/compat/${name}-inspect`;
const isAbsent = (name: string): boolean =>
  absent(existsSync(`${folder(name)}/node_modules`), `the receiver in ${folder(name)}`, 'npm run compat');

/** A client of the SDK with the command in front of its server, which can be inspected. */
async function inspected() {
  const [command = '', ...args] = forwarding(scripted(), ['--inspect', '127.0.0.1:0']);
  const transport = new StdioClientTransport({ command, args, stderr: 'pipe' });
  let said = '';
  const found = new Promise<URL>((resolve) => {
    transport.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, url] = /ninelives inspector on (\S+)\n/.exec(said) ?? [];
      if (url !== undefined) resolve(new URL(url));
    });
  });
  const client = new Client({ name: 'sdk-client', version: '1.0.0' });
  await client.connect(transport);
  const { host, hash } = await found;
  const wire = (name: string): string => `${host}/inspect/wire/${name}?token=${hash.slice('#token='.length)}`;
  return { client, wire, pid: transport.pid };
}

interface Line {
  readonly type: string;
  readonly sessionId: string;
  readonly [fact: string]: unknown;
}

/** A receiver in a process of its own. */
function receiver(name: string, address: string) {
  const program = start([process.execPath, `${folder(name)}/receiver.mjs`, address]);
  const lines = (): readonly Line[] => program.out.map((line) => JSON.parse(line) as Line);
  const heard = async (fits: (line: Line) => boolean): Promise<Line> => program.until(() => lines().find(fits));
  return { lines, heard };
}

const isSession = ({ sessionId }: Line): boolean => !sessionId.startsWith('ninelives');

describe.skipIf(isAbsent('xstate'))('@xstate/inspect 0.8 with its XState 4', () => {
  test('P19 rebuilds the chart, follows a session live, and hears of its end', { timeout }, async () => {
    const { client, wire } = await inspected();
    const { heard, lines } = receiver('xstate', wire('xstate'));
    // The session was there before: it comes late.
    const registered = await heard((line) => line.type === 'service.register' && isSession(line));
    expect(registered).toMatchObject({
      parent: lines()[0]?.sessionId,
      states: ['active', 'active.serving'],
      tags: ['open', 'ready'],
      closed: 'closed',
      context: { clientName: 'sdk-client', state: 'active.serving' },
    });
    expect(registered['paths']).toEqual(expect.arrayContaining(['session', 'session.active.recovering']));
    expect(registered['events']).toEqual(expect.arrayContaining(['frame.request', 'upstream.lost']));

    await client.callTool({ name: 'echo', arguments: { text: 'a secret of the client' } });
    const called = (line: Line): boolean => JSON.stringify(line['data'] ?? {}).includes('"name":"echo"');
    expect(await heard(called)).toMatchObject({ type: 'service.event', event: 'frame.request' });
    const answered = (line: Line): boolean => line.type === 'service.state' && line['event'] === 'frame.response';
    expect(await heard(answered)).toMatchObject({ states: ['active', 'active.serving'], done: false });

    await client.close();
    await heard(({ type }) => type === 'service.stop');
    expect(lines().findLast((line) => line.type === 'service.state' && isSession(line))).toMatchObject({
      states: ['closed'],
      done: true,
    });
    expect(JSON.stringify(lines())).not.toContain('a secret of the client');
  });
});

describe.skipIf(isAbsent('stately'))('@statelyai/inspect 0.7 with XState 5', () => {
  test('P19 receives the chart, follows a session live, and hears of its end', { timeout }, async () => {
    const { client, wire, pid } = await inspected();
    const { heard, lines } = receiver('stately', `ws://${wire('stately')}`);
    const actor = await heard((line) => line.type === '@xstate.actor' && isSession(line));
    expect(lines()[0]).toMatchObject({ name: 'ninelives', sessionId: `ninelives-${pid}`, value: 'running' });
    expect(actor).toMatchObject({
      parentId: `ninelives-${pid}`,
      states: ['initializing', 'active', 'shuttingDown', 'closed', 'failed'],
      value: { active: 'serving' },
      tags: ['open', 'ready'],
      status: 'active',
      context: { clientName: 'sdk-client' },
    });

    await client.callTool({ name: 'echo', arguments: { text: 'a secret of the client' } });
    const called = (line: Line): boolean => JSON.stringify(line['data'] ?? {}).includes('"name":"echo"');
    expect(await heard(called)).toMatchObject({ type: '@xstate.event', event: 'frame.request' });
    const answered = (line: Line): boolean => line.type === '@xstate.snapshot' && line['event'] === 'frame.response';
    expect(await heard(answered)).toMatchObject({ value: { active: 'serving' }, tags: ['open', 'ready'] });

    await client.close();
    expect(await heard(({ status }) => status === 'done')).toMatchObject({ type: '@xstate.snapshot', value: 'closed' });
    expect(JSON.stringify(lines())).not.toContain('a secret of the client');
  });

  test('its relay passes on what its receiver hears, to a page that comes later as well', { timeout }, async () => {
    const { client, wire } = await inspected();
    const port = await freePort();
    // There is no browser that it could open.
    start([process.execPath, `${folder('stately')}/relay.mjs`, `ws://${wire('stately')}`, String(port)], { PATH: '' });
    const types = async (): Promise<readonly string[]> => {
      const heard: string[] = [];
      const page = await connected(`ws://localhost:${port}`, ({ type }) => heard.push(type));
      while (heard.length < 3) await once(page, 'message');
      page.close();
      return heard;
    };
    const early = await types();
    expect(early.slice(0, 2)).toEqual(['@xstate.actor', '@xstate.actor']);
    expect((await types()).slice(0, 2)).toEqual(early.slice(0, 2));
    expect(await (await fetch(`http://localhost:${port}`)).text()).toContain('https://stately.ai/inspect');
    await client.close();
  });
});

/** Opens as soon as somebody listens there, who may say something at once. */
async function connected(url: string, hear: (line: Line) => void): Promise<WebSocket> {
  for (;;) {
    const socket = new WebSocket(url);
    socket.on('message', (data) => hear(JSON.parse((data as Buffer).toString()) as Line));
    try {
      await once(socket, 'open');
      return socket;
    } catch {
      await new Promise(setImmediate);
    }
  }
}
