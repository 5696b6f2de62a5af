/** The feed of a real process of the built command, with viewers that read, that do not, and that have no business there. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { FeedViewer } from '../inspector/feed-viewer.ts';
import { type Program, forwarding, scripted, start, stopAll } from './program.ts';

let folder = '';
const viewers: WebSocket[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'feed-'));
});
afterEach(async () => {
  for (const viewer of viewers.splice(0)) viewer.terminate();
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
});

async function inspected(...flags: readonly string[]) {
  const command = forwarding(scripted(), ['--inspect', '127.0.0.1:0', ...flags]);
  const program: Program = start(command, { XDG_RUNTIME_DIR: folder });
  const find = (): string | undefined =>
    program.err.flatMap((line) => /^ninelives inspector on (\S+)$/.exec(line)?.[1] ?? [])[0];
  const { host, hash } = new URL(await program.until(find, 'saying where the inspector is'));
  await program.initialize();
  const connect = (token: string): WebSocket => {
    const socket = new WebSocket(`ws://${host}/feed`, ['ninelives.feed.v1', `ninelives.token.${token}`]);
    viewers.push(socket);
    return socket;
  };
  const token = hash.replace('#token=', '');
  /** One that watches the only session. */
  const viewer = async (): Promise<FeedViewer> => {
    const joined = new FeedViewer(connect(token));
    await joined.hears('hello');
    joined.says({ type: 'watch-overview' });
    const { sessions } = await joined.hears('overview', ({ isWhole }) => isWhole);
    joined.says({ type: 'watch-session', sessionId: sessions[0]!.id });
    await joined.hears('events');
    return joined;
  };
  return { program, viewer, connect };
}

const timeout = 60_000;

describe('a process that is inspected', () => {
  test('answers its client while ten look who read nothing, and strangers ask to be let in', { timeout }, async () => {
    const { program, viewer, connect } = await inspected();
    for (let count = 0; count < 10; count++) (await viewer()).socket.pause();
    const strangers = Array.from({ length: 100 }, async () => {
      const stranger = connect('guess');
      stranger.on('error', () => {});
      const [, answer] = (await once(stranger, 'unexpected-response')) as [unknown, { readonly statusCode: number }];
      return answer.statusCode;
    });
    const flood = Promise.allSettled(strangers);
    for (let id = 1; id <= 300; id++) expect((await program.ask(id, 'ping')).result).toEqual({});
    const statuses = (await flood).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    const { events } = await (await viewer()).hears('events');
    expect(events.length).toBeGreaterThan(0);
  });

  test('shows of messages what it was told to', { timeout }, async () => {
    const { program, viewer } = await inspected('--inspect-payloads', 'hidden');
    await program.ask(1, 'ping', { password: 'hunter2' });
    const looks = await viewer();
    looks.says({ type: 'read-body', request: 1, seq: 3 });
    expect((await looks.hears('body')).text).toBe('[hidden]');
  });
});
