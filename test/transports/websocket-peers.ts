/**
 * Both ends of a WebSocket in one process: ours, as a link whose reports are kept in order, and the other, as the library has
 * it. Everything is cut when the test is over.
 */
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type ClientOptions, type ServerOptions, WebSocket, WebSocketServer } from 'ws';

import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import {
  socketOptions,
  type WebSocketEvents,
  WebSocketLink,
  type WebSocketTuning,
} from '../../src/transports/websocket-link.ts';

/** Keeps what was told, and wakes whoever waits for something of it. */
export class Told<T = string> {
  readonly all: T[] = [];
  readonly #news = new EventEmitter();

  readonly tell = (one: T): void => {
    this.all.push(one);
    this.#news.emit('told');
  };

  /** Resolves when all that was told fits. */
  async until(fits: (all: readonly T[]) => boolean): Promise<readonly T[]> {
    while (!fits(this.all)) await once(this.#news, 'told');
    return this.all;
  }
}

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** Reports of a link, each as a line. */
export function reportsTo(told: Told): WebSocketEvents {
  return {
    message: (bytes) => told.tell(`message ${textOf(bytes)}`),
    unreadable: ({ fault, idToken }, bytes) => told.tell(`${fault} ${idToken ?? 'of nobody'} ${bytes}`),
    drained: () => told.tell('drained'),
    leaving: (error) => told.tell(`leaving: ${error.message}`),
    closed: ({ code, reason, error }) => told.tell(`closed ${code} ${error?.message ?? reason}`.trimEnd()),
  };
}

export const isOver = (told: readonly string[]): boolean => told.some((line) => line.startsWith('closed'));

export interface Pair {
  readonly link: WebSocketLink;
  /** What the link has reported. */
  readonly told: Told;
  readonly peer: WebSocket;
  /** What the peer has heard: its messages, then its end. */
  readonly heard: Told;
  readonly clock: VirtualClock;
}

export interface PairOptions extends Partial<WebSocketTuning> {
  /** Which end is ours. */
  readonly ours: 'server' | 'client';
  readonly peer?: ServerOptions & ClientOptions;
}

/** An open connection on a virtual clock; the link is not started. */
export async function pair({ ours, peer: theirOptions = {}, ...asked }: PairOptions): Promise<Pair> {
  const clock = new VirtualClock();
  const tuning: WebSocketTuning = { clock, frameBytesMax: 1000, ...asked };
  const [here, there] = [socketOptions(tuning), theirOptions];
  const server = new WebSocketServer({ port: 0, ...(ours === 'server' ? here : there) });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${portOf(server)}`, 'mcp', ours === 'client' ? here : there);
  let link: WebSocketLink | undefined;
  const told = new Told();
  const heard = new Told();
  const opened = (socket: WebSocket, stream: Duplex, side: PairOptions['ours']): void => {
    if (side === ours) link = new WebSocketLink(socket, stream, tuning);
    else hear(socket, heard);
  };
  server.on('connection', (socket, request) => opened(socket, request.socket, 'server'));
  client.on('upgrade', ({ socket: stream }) => client.on('open', () => opened(client, stream, 'client')));
  const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [[WebSocket], []];
  onTestFinished(() => {
    for (const socket of [client, accepted]) socket.terminate();
    server.close();
  });
  return { link: link!, told, peer: ours === 'server' ? client : accepted, heard, clock };
}

/** Lines for what a socket hears. */
export function hear(socket: WebSocket, heard: Told): void {
  socket.on('message', (data, isBinary) => heard.tell(`${isBinary ? 'binary' : 'text'} ${textOf(data as Buffer)}`));
  socket.on('ping', () => heard.tell('ping'));
  socket.on('error', (error) => heard.tell(`error ${error.message}`));
  socket.on('close', (code, reason) => heard.tell(`closed ${code} ${reason.toString()}`.trimEnd()));
}

function portOf(server: WebSocketServer): number {
  return (server.address() as AddressInfo).port;
}
