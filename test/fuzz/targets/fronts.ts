/**
 * Real fronts on real sockets, with a server in this process behind them: whatever strangers write, one who behaves well is answered
 * afterwards, and what was opened for the strangers is gone.
 */

import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { UpstreamConnector } from '../../../src/ports.ts';
import { decodeText, encodeText } from '../../../src/protocol/text.ts';
import { urlBackend } from '../../../src/proxy/backend.ts';
import { forwardHttp } from '../../../src/proxy/http.ts';
import type { ListeningForward, ListeningOptions } from '../../../src/proxy/listening.ts';
import { forwardWebSocket } from '../../../src/proxy/websocket.ts';
import { silentLog } from '../../../src/runtime/silent-log.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import { neverRestart } from '../../../src/session/upstream.ts';
import {
  type Message,
  initialize,
  initializeResult,
  notification,
  request,
  result,
} from '../../../src/testing/messages.ts';
import { type FuzzCase, fuzzCases } from '../fuzz-case.ts';
import { type OpenTarget, type WaitingTarget, broken } from '../fuzz-target.ts';

/** Answers every request, at once. */
const server: UpstreamConnector = {
  connect: (events) => {
    let isOpen = true;
    queueMicrotask(() => events.ready());
    return {
      write: (parts) => {
        const { id, method } = JSON.parse(decodeText(Buffer.concat(parts))) as Message;
        if (typeof id !== 'string' && typeof id !== 'number') return true;
        if (method === undefined) return true;
        const answer = result(id, method === 'initialize' ? initializeResult() : {});
        setImmediate(() => isOpen && events.message(encodeText(JSON.stringify(answer))));
        return true;
      },
      pause: () => {},
      close: () => {
        isOpen = false;
        queueMicrotask(() => events.lost({ reason: 'exited', exitCode: 0, signal: null, lastStderr: [] }));
      },
      closeInput: () => {},
    };
  },
};

/** What a stranger says instead of this is the id of a session that is there. */
const sessionWord = 'SESSION-THAT-IS-THERE';
/** A stranger who is told nothing, or goes on being told something, leaves after so long. */
const strangerMs = 25;
/** Far longer than anything here takes. */
const settlingMsMax = 5000;

const httpHead = (body: string, more = ''): string =>
  `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const shakingHands = JSON.stringify(initialize(1));
const session = `Mcp-Session-Id: ${sessionWord}\r\n`;
const modern = JSON.stringify(
  request(1, 'tools/list', {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  }),
);

const httpWhole = [
  httpHead(shakingHands),
  httpHead(JSON.stringify(request(2, 'tools/list')), session) + httpHead(JSON.stringify(request('a', 'ping')), session),
  httpHead(JSON.stringify([request(1, 'ping'), notification('notifications/initialized')]), session),
  httpHead(modern, 'MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/list\r\n'),
  `GET /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n${session}Last-Event-ID: 1-1\r\n\r\n`,
  `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: */*\r\n${session}Transfer-Encoding: chunked\r\n\r\n28\r\n${JSON.stringify(request(1, 'ping'))}\r\n0\r\n\r\n`,
  `OPTIONS /mcp HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
  `GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  `GET /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
];

const httpPieces = [
  ...[
    '\r\n',
    '\n',
    '\r',
    ': ',
    ' ',
    '\u0000',
    '\r\n\r\n',
    '0\r\n\r\n',
    'ffffffff\r\n',
    'HTTP/1.0',
    'HTTP/9.9',
    'CONNECT ',
    'DELETE ',
  ],
  ...[
    'Content-Length: 5\r\n',
    'Content-Length: -1\r\n',
    'Content-Length: 99999999999\r\n',
    'Transfer-Encoding: chunked\r\n',
  ],
  ...[
    'Expect: 100-continue\r\n',
    'Connection: close\r\n',
    'Host: evil.test\r\n',
    'Origin: http://evil.test\r\n',
    session,
  ],
  ...[
    'Mcp-Session-Id: x\r\n',
    'Last-Event-ID: 99-99\r\n',
    'MCP-Protocol-Version: 1\r\n',
    'Content-Encoding: gzip\r\n',
    'Upgrade: h2c\r\n',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ',',
    '"id":1,',
    '"method":"notifications/cancelled",',
    '"method":"initialize",',
    '"params":{"requestId":1},',
    'ü',
  ],
  ...['x'.repeat(20_000), 'A: b\r\n'.repeat(200)],
];

/** A frame of a client (RFC 6455, section 5.2), its mask all zeros. */
function frame(opcode: number, payload: string, isLast = true): Buffer {
  const body = Buffer.from(payload);
  const length = body.length < 126 ? [0x80 | body.length] : [0x80 | 126, (body.length >> 8) & 0xff, body.length & 0xff];
  return Buffer.concat([Buffer.from([(isLast ? 0x80 : 0) | opcode, ...length, 0, 0, 0, 0]), body]);
}

const upgrade = `GET /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: mcp\r\n\r\n`;
const afterUpgrade = (...frames: readonly Buffer[]): Uint8Array =>
  new Uint8Array(Buffer.concat([Buffer.from(upgrade), ...frames]));

const webSocketWhole = [
  afterUpgrade(frame(1, shakingHands), frame(1, JSON.stringify(request(2, 'ping'))), frame(8, '\u0003\u00e8')),
  afterUpgrade(frame(1, shakingHands.slice(0, 30), false), frame(9, 'still there'), frame(0, shakingHands.slice(30))),
  afterUpgrade(frame(2, 'binary'), frame(10, '')),
  afterUpgrade(frame(1, modern), frame(1, '[]')),
  encodeText(upgrade),
];

type Forward = (options: ListeningOptions) => Promise<ListeningForward>;

/** Comes, asks and is answered, or it throws. */
type Behaves = (front: Front) => Promise<void>;

class Front implements OpenTarget {
  readonly #forward: ListeningForward;
  readonly #port: number;
  readonly #behaves: Behaves;
  readonly #level: string;
  /** Of who came last and behaves well. */
  sessionId = '';
  #thrown: Error | undefined;
  readonly #threw = (error: unknown): void =>
    void (this.#thrown = error instanceof Error ? error : new Error(String(error)));

  constructor(forward: ListeningForward, behaves: Behaves) {
    this.#forward = forward;
    this.#port = Number(new URL(forward.url).port);
    this.#behaves = behaves;
    this.#level = this.#held();
    process.on('uncaughtException', this.#threw);
    process.on('unhandledRejection', this.#threw);
  }

  async check(cases: readonly FuzzCase[]): Promise<void> {
    await this.#behaves(this);
    await Promise.all(cases.map(async (each) => this.#stranger(each)));
    await this.#behaves(this);
    for (const snapshot of this.#forward.runtime.sessions())
      this.#forward.runtime.session(snapshot.id, snapshot)?.close();
    const begun = performance.now();
    while (this.#held() !== this.#level && performance.now() - begun < settlingMsMax) await pause(1);
    if (this.#thrown !== undefined) {
      const thrown = this.#thrown;
      this.#thrown = undefined;
      throw thrown;
    }
    if (this.#held() !== this.#level) broken(`at first it held ${this.#level}, and now ${this.#held()}`);
    const [drift] = this.#forward.runtime.audit().drift;
    if (drift !== undefined) broken(`left over: ${drift.message}`);
  }

  async close(): Promise<void> {
    await this.#forward.close();
    process.off('uncaughtException', this.#threw);
    process.off('unhandledRejection', this.#threw);
  }

  /** A connection whose bytes are collected until it is closed or the text has what is waited for. */
  async says(text: string | Uint8Array, wanted: RegExp): Promise<string> {
    const socket = connect(this.#port, '127.0.0.1');
    let heard = '';
    try {
      await once(socket, 'connect');
      socket.write(text);
      socket.setTimeout(settlingMsMax, () => socket.destroy());
      for await (const chunk of socket) {
        heard += (chunk as Buffer).toString('latin1');
        if (wanted.test(heard)) return heard;
      }
    } finally {
      socket.destroy();
    }
    return broken(`somebody who behaves well is told ${JSON.stringify(heard.slice(0, 200))}`);
  }

  async #stranger({ bytes, choices: [how = 0, cut = 0] }: FuzzCase): Promise<void> {
    const said = Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(sessionWord, this.sessionId), 'latin1');
    const socket = connect(this.#port, '127.0.0.1');
    socket.on('error', () => {});
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    const timer = setTimeout(() => socket.destroy(), strangerMs);
    socket.on('connect', () => void speak(socket, said, how, cut));
    socket.on('data', () => {});
    await closed;
    clearTimeout(timer);
  }

  /** What there should be no more of afterwards than before. */
  #held(): string {
    const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const { sessionsByState, pending, bufferedBytes } = this.#forward.runtime.totals();
    const sessions = Object.values(sessionsByState).reduce((sum, count) => sum + count, 0);
    return JSON.stringify({ sockets, sessions, pending, bufferedBytes });
  }
}

async function speak(socket: Socket, said: Buffer, how: number, cut: number): Promise<void> {
  const at = Math.floor((cut / 256) * said.length);
  switch (how % 5) {
    case 0:
      socket.write(said);
      return;
    case 1:
      socket.end(said);
      return;
    case 2:
      socket.write(said.subarray(0, at));
      await pause(1);
      if (!socket.destroyed) socket.write(said.subarray(at));
      return;
    case 3:
      socket.write(said.subarray(0, at), () => socket.resetAndDestroy());
      return;
    default:
      socket.write(said, () => socket.destroy());
  }
}

/** Shakes hands, asks, and stays: the id of its session is known to strangers. */
async function behavesOnHttp(front: Front): Promise<void> {
  const heard = await front.says(httpHead(shakingHands), /"protocolVersion"/);
  front.sessionId = /mcp-session-id: (\S+)/i.exec(heard)?.[1] ?? broken('no session id');
  const ping = httpHead(JSON.stringify(request(7, 'ping')), `Mcp-Session-Id: ${front.sessionId}\r\n`);
  await front.says(ping, /"id":7,"result"|"result":\{\},"id":7/);
}

async function behavesOnWebSocket(front: Front): Promise<void> {
  const ping = JSON.stringify(request(7, 'ping'));
  await front.says(afterUpgrade(frame(1, shakingHands), frame(1, ping)), /"id":7,"result"/);
}

function fronts(name: string, forward: Forward, behaves: Behaves, cases: WaitingTarget['cases']): WaitingTarget {
  return {
    name,
    kind: 'waiting',
    law: 'whatever strangers write, who behaves well is answered, and nothing of the strangers is left',
    cases,
    together: 25,
    open: async () => {
      const backend = urlBackend({ name: 'a server in this process', restart: neverRestart, connector: () => server });
      const listen = { host: '127.0.0.1', port: 0, path: '/mcp' };
      const options = { backend, listen, clock: systemClock(), log: silentLog, checksInvariants: true };
      return new Front(await forward(options), behaves);
    },
  };
}

export const httpFront = fronts(
  'http-front',
  forwardHttp,
  behavesOnHttp,
  fuzzCases(
    httpWhole.map((text) => encodeText(text)),
    httpPieces,
  ),
);

export const webSocketFront = fronts(
  'websocket-front',
  forwardWebSocket,
  behavesOnWebSocket,
  fuzzCases(webSocketWhole, [
    '\u0000',
    '\u0001',
    '\u0081',
    '\u0088',
    '\u00ff',
    '{',
    '}',
    '"',
    ',',
    '"id":1,',
    '[',
    '\r\n',
    'ü',
  ]),
);
