/** A few processes of one folder, each with a listener of its own, and a hub on a port of its own in front of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { Hub } from '../../src/admin/hub.ts';
import type { AdminListenerOptions } from '../../src/admin/listener.ts';
import { writeRunFile } from '../../src/admin/run-files.ts';
import type { HubMessage } from '../../src/observe/hub-messages.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { administered } from './administered-runtime.ts';

export const hubsToken = 'the-token_of-the-hub';

export function runFolderOfTest(): string {
  const parent = mkdtempSync(join(tmpdir(), 'hub-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'ninelives');
}

/** A process that does nothing, so that there is one of its pid. */
export async function bystander(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child as ChildProcess & { readonly pid: number };
}

/** A listener in this test that is known as the process `pid`. Its token is `token-of-PID`. */
export async function inspected(
  folder: string,
  pid: number,
  startedAt: number,
  options: Partial<AdminListenerOptions> = {},
) {
  const token = `token-of-${pid}`;
  const process = await administered({ token, ...options }, pid);
  const file = { pid, origin: process.listener.origin, token, startedAt };
  const written = writeRunFile(file, folder);
  if ('problem' in written) throw new Error(written.problem);
  return { ...process, file, remove: written.remove };
}

/** A hub that has one process of its own, which nobody has written a file for. */
export async function hubOn(
  folder: string,
  options: Partial<AdminListenerOptions> = {},
  token = hubsToken,
  silenceMs = 15_000,
) {
  const pid = process.pid;
  let origin = '';
  const facts = { pid, version: '0.0.0', command: 'forward http', server: 'node', startedAt: 0 };
  const hub = new Hub({
    token,
    folder,
    silenceMs,
    clock: systemClock(),
    own: () => ({ file: { pid, origin, token: 'token-of-own', startedAt: 0 }, facts }),
  });
  const { listener } = await administered({ token: 'token-of-own', hub, ...options }, pid);
  origin = listener.origin;
  onTestFinished(() => hub.close());
  return { hub, listener };
}

export async function asked(origin: string, path: string, init: RequestInit & { readonly token?: string } = {}) {
  const { token = hubsToken, ...rest } = init;
  const response = await fetch(`${origin}${path}`, {
    ...rest,
    headers: { ...(rest.headers as Record<string, string> | undefined), Authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? null : JSON.parse(text)) as unknown,
  };
}

/** What a page that follows the list is told, message by message. */
export function following(
  origin: string,
  token = hubsToken,
  { path = '/hub', origin: page }: { readonly path?: string; readonly origin?: string } = {},
) {
  const protocols = ['ninelives.feed.v1', `ninelives.token.${token}`];
  const socket = new WebSocket(
    `${origin.replace('http', 'ws')}${path}`,
    protocols,
    page === undefined ? {} : { origin: page },
  );
  onTestFinished(() => socket.terminate());
  const said: HubMessage[] = [];
  socket.on('message', (data: Buffer) => said.push(JSON.parse(data.toString()) as HubMessage));
  const until = async (fits: (pids: readonly number[]) => boolean): Promise<void> => {
    const has = (): boolean => fits(said.at(-1)?.processes.map(({ pid }) => pid) ?? [-1]);
    while (!has()) await once(socket, 'message');
  };
  return { socket, said, until };
}
