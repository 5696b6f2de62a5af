/**
 * The example of a proxy that is made of `ninelives/core` alone keeps the laws that the sessions of the runtime keep: the same steps
 * of peers, operator and time are taken through it, byte by byte, and a real client and server talk through it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type OpenOptions,
  type PeerLink,
  type Runtime,
  type UpstreamConnector,
  createRuntime,
} from '../../src/core.ts';
import { expectOneOutcomeOfEach, scripts } from '../properties/one-outcome-play.ts';
import { anyStep, expectAsPlain } from '../properties/plain-stage.ts';
import { World, bytesOf, runs } from '../properties/world.ts';
import { type Pipe, type PipeEvents, type ServerEvents, type ServerPipe, proxyLines } from './core-proxy.example.ts';

const example = 'test/docs/core-proxy.example.ts';

test('the example fits on three pages, and imports nothing but the core', () => {
  const code = readFileSync(example, 'utf8');
  expect(code.split('\n').length).toBeLessThan(150);
  expect([...code.matchAll(/\bfrom '([^']+)'/g)].map(([, name]) => name)).toEqual(['../../src/core.ts']);
  expect(code).not.toMatch(/\b(?:process|Buffer|globalThis|setTimeout)\b/);
});

/** The runtime as a world of the laws asks it for sessions, each behind the example. */
function throughTheExample(runtime: Runtime): Runtime {
  const shown: unknown = {
    observe: runtime.observe.bind(runtime),
    sessions: runtime.sessions.bind(runtime),
    totals: runtime.totals.bind(runtime),
    open: ({ client, server, ...options }: OpenOptions) => {
      const connector = server as UpstreamConnector;
      const proxy = proxyLines(runtime, pipeTo(client as PeerLink), (events) => startOf(connector, events), options);
      const { session, client: input } = proxy;
      return {
        session: {
          id: session.id,
          server: session.server,
          snapshot: session.snapshot.bind(session),
          metadata: session.metadata.bind(session),
          close: session.close.bind(session),
          drain: session.drain.bind(session),
          label: session.label.bind(session),
          client: {
            receive: (message: Uint8Array) => sayInPieces(message, input),
            drained: () => input.drained(),
            closed: (isGone: boolean) => (isGone ? input.gone() : input.ended()),
          },
        },
      };
    },
  };
  return shown as Runtime;
}

/** What is written has to be whole lines, one for each message. */
function pipeTo(link: PeerLink): Pipe {
  return {
    write(bytes) {
      expect(bytes.indexOf(0x0a)).toBe(bytes.length - 1);
      return link.write([bytes.subarray(0, -1)], undefined as never);
    },
    pause: (isPaused) => link.pause(isPaused),
    end: () => link.close('the example ended it'),
  };
}

function startOf(connector: UpstreamConnector, events: ServerEvents): ReturnType<Parameters<typeof proxyLines>[2]> {
  const link = connector.connect({
    ready: () => events.started(),
    message: (message) => sayInPieces(message, events),
    drained: () => events.drained(),
    lost: ({ exitCode }) => events.gone(exitCode),
    unreadable: () => {},
    failed: () => {},
    leaving: () => {},
  });
  return { ...pipeTo(link), end: () => link.closeInput(), stop: () => link.close('the example stopped it') };
}

/** Bytes come as they like: here in three pieces, with the line feed in the last, or alone. */
function sayInPieces(message: Uint8Array, events: PipeEvents): void {
  const line = Uint8Array.from([...message, 0x0a]);
  const third = Math.floor(line.length / 3);
  const cuts = [0, third, line.length - (third % 2), line.length];
  for (let piece = 0; piece + 1 < cuts.length; piece++) events.chunk(line.subarray(cuts[piece], cuts[piece + 1]));
}

describe('a session behind the example', () => {
  test('does what the plain description of a session says, restarts included', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40, size: 'max' }), fc.boolean(), (steps, restarts) =>
        expectAsPlain(steps, restarts, { through: throughTheExample }),
      ),
      runs(80),
    );
  });

  test('gives every request one outcome, and tells its requester once, whatever order things come in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), scripts, (s, play) =>
        expectOneOutcomeOfEach(s, play, { through: throughTheExample }),
      ),
      runs(60),
    );
  });

  test('is refused as it is anywhere, with the limit as the cause', () => {
    const world = new World({ limits: { sessions: 0 }, through: throughTheExample });
    expect(() => world.open()).toThrow(
      expect.objectContaining({
        code: 'SESSION_REFUSED',
        cause: expect.objectContaining({ code: 'TOO_MANY_SESSIONS' }) as unknown,
      }),
    );
  });

  test('holds up whoever writes more than is read, and ends the input of its server behind what was written', () => {
    const world = new World({ limits: { bufferPauseBytes: 200 } });
    const did: string[] = [];
    const pipe = (name: string, isFull: boolean): ServerPipe => ({
      write: () => !isFull,
      pause: (isPaused) => did.push(`${isPaused ? 'stop' : 'go on'} reading from ${name}`),
      end: () => did.push(`end ${name}`),
      stop: () => did.push(`stop ${name}`),
    });
    let server: ServerEvents | undefined;
    const proxy = proxyLines(world.runtime, pipe('the client', false), (events) => {
      server = events;
      return pipe('the server', true);
    });
    server?.started();
    for (let id = 0; id < 9; id++) sayInPieces(bytesOf({ id, method: 'tools/call', params: {} }), proxy.client);
    proxy.client.ended();
    expect(did).toEqual(['stop reading from the client']);
    for (let id = 0; id < 9; id++) server?.drained();
    expect(did).toEqual(['stop reading from the client', 'go on reading from the client', 'end the server']);
  });

  test('is told of a line that is too long, and of what stands behind the last line', () => {
    const world = new World();
    const heard: string[] = [];
    const quiet: Pipe = { write: () => true, pause: () => {}, end: () => {} };
    const client: Pipe = { ...quiet, write: (bytes) => heard.push(new TextDecoder().decode(bytes)) > 0 };
    const proxy = proxyLines(world.runtime, client, () => ({ ...quiet, stop: () => {} }));
    proxy.client.chunk(new TextEncoder().encode(`{"jsonrpc":"2.0","id":7,"method":"x","params":"`));
    for (let mebibyte = 0; mebibyte < 11; mebibyte++) proxy.client.chunk(new Uint8Array(2 ** 20).fill(0x61));
    proxy.client.chunk(new TextEncoder().encode('"}\n{"jsonrpc":"2.0","id":8,"method":"ping"}'));
    expect(heard.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ error: { code: 4130 } }]);
    expect(proxy.session.snapshot().pending).toEqual([]);
    proxy.client.ended();
    expect(proxy.session.snapshot().counts).toMatchObject({ requestsFromClient: 1, malformedFromClient: 1 });
  });
});

describe('a real server behind the example', () => {
  const everything = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js');

  test('shakes hands, runs a tool, is started again when it is killed, and ends with its session', async () => {
    const runtime = createRuntime();
    const messages: Record<string, unknown>[] = [];
    const waiting: (() => void)[] = [];
    const exits: Promise<unknown>[] = [];
    const children: ReturnType<typeof spawn>[] = [];
    const { session, client } = proxyLines(
      runtime,
      {
        write(bytes) {
          messages.push(JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>);
          for (const look of waiting.splice(0)) look();
          return true;
        },
        pause: () => {},
        end: () => {},
      },
      (events) => {
        const child = spawn(process.execPath, [everything, 'stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
        children.push(child);
        exits.push(once(child, 'close'));
        child.on('spawn', () => events.started());
        child.on('close', (code) => events.gone(code));
        child.stdout.on('data', (bytes: Buffer) => events.chunk(bytes));
        child.stdout.on('end', () => events.ended());
        child.stdin.on('drain', () => events.drained());
        child.stdin.on('error', () => {});
        return {
          write: (bytes) => child.stdin.write(bytes),
          pause: (isPaused) => void (isPaused ? child.stdout.pause() : child.stdout.resume()),
          end: () => void child.stdin.end(),
          stop: () => void child.kill(),
        };
      },
    );
    const say = (message: object): void =>
      client.chunk(new TextEncoder().encode(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`));
    const answer = async (id: number): Promise<Record<string, unknown>> => {
      for (;;) {
        const found = messages.find((message) => message['id'] === id && message['method'] === undefined);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    };
    const clientInfo = { name: 'test', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    say({ id: 1, method: 'initialize', params });
    expect(await answer(1)).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
    say({ method: 'notifications/initialized' });
    const echo = (id: number): void =>
      say({ id, method: 'tools/call', params: { name: 'echo', arguments: { message: `nine ${id}` } } });
    echo(2);
    expect(JSON.stringify(await answer(2))).toContain('nine 2');
    children[0]?.kill('SIGKILL');
    await exits[0];
    echo(3);
    expect(JSON.stringify(await answer(3))).toContain('nine 3');
    expect([children.length, session.snapshot().counts.recoveries]).toEqual([2, 1]);
    client.ended();
    await Promise.all(exits);
    await runtime.stop();
    expect(runtime.totals()).toMatchObject({ sessionsEnded: { completed: 1 }, counts: { 'outcome.result': 3 } });
  });
});
