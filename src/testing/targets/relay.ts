/**
 * Our server as a command that others start: a small program that joins its pipes to a private socket, behind which the play is.
 * It is one file without arguments, so that it can stand wherever a thing under test wants a command: as a word, or in a text that a
 * shell reads.
 */

import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from '../play/target.ts';
import type { Quiet } from './quiet.ts';
import { StreamConnection } from './stream-connection.ts';

/** Says its process id first, then what it reads; ends with its input, and when we end it. */
const program = (path: string): string => `'use strict';
const socket = require('node:net').connect({ path: ${JSON.stringify(path)}, allowHalfOpen: true });
const end = () => process.stdout.write('', () => process.exit(0));
socket.write(process.pid + '\\n');
process.stdin.on('error', end);
process.stdout.on('error', end);
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('end', end);
socket.on('close', end);
socket.on('error', end);
`;

export interface Relay {
  /** The command, as one word. */
  readonly command: string;
  /** Kills what was started of it and still runs. */
  kill(): void;
  /** Nobody can start it any more, and nothing of it runs. */
  close(): Promise<void>;
}

export async function openRelay(stage: Stage, quiet: Quiet): Promise<Relay> {
  const folder = mkdtempSync(join(tmpdir(), 'ninelives-verify-'));
  const path =
    process.platform === 'win32' ? `\\\\.\\pipe\\${folder.replaceAll(/[^\w-]/g, '-')}` : join(folder, 'socket');
  const command = writeCommand(folder, path);
  const pids = new Map<Socket, number>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('close', () => pids.delete(socket));
    let hello = Buffer.alloc(0);
    const greet = (chunk: Buffer): void => {
      hello = Buffer.concat([hello, chunk]);
      const end = hello.indexOf(0x0a);
      if (end === -1) return;
      socket.off('data', greet);
      socket.pause();
      pids.set(socket, Number(hello.subarray(0, end).toString()));
      if (end + 1 < hello.length) socket.unshift(hello.subarray(end + 1));
      serve(socket, stage, quiet);
    };
    socket.on('data', greet);
  });
  server.listen(path);
  await once(server, 'listening');
  const kill = (): void => {
    for (const pid of pids.values()) killProcess(pid);
  };
  return {
    command,
    kill,
    close: async () => {
      kill();
      await closed(server, pids.keys());
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serve(socket: Socket, stage: Stage, quiet: Quiet): void {
  const connection = new StreamConnection({ input: socket, output: socket, quiet, cut: () => socket.destroy() });
  const events = stage.serve(connection);
  connection.listen({
    ...events,
    message: (message, via) => events.message(message, via),
    unreadable: (text, reason) => events.unreadable(text, reason),
    closed: () => {
      socket.end();
      events.closed();
    },
  });
}

/** @returns what runs it, without a space unless the folder for temporary files has one. */
function writeCommand(folder: string, path: string): string {
  const script = join(folder, 'server.cjs');
  writeFileSync(script, program(path));
  if (process.platform === 'win32') {
    const command = join(folder, 'server.cmd');
    writeFileSync(command, `@"${process.execPath}" "${script}"\r\n`);
    return command;
  }
  const command = join(folder, 'server');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${script}'\n`);
  chmodSync(command, 0o700);
  return command;
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}

async function closed(server: Server, sockets: Iterable<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
