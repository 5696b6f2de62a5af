import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import type { Log } from '../../src/ports.ts';
import { type Forward, type ForwardStdioOptions, forwardStdio } from '../../src/proxy/stdio.ts';
import type { Observation } from '../../src/runtime/observation.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { initialize, request } from '../../src/testing/messages.ts';
import { startServerToForward } from '../../src/transports/server-to-forward.ts';
import { type Message, fixture, textOf, toolCall } from '../e2e/program.ts';

interface Client {
  readonly forward: Forward;
  readonly input: PassThrough;
  readonly observations: readonly Observation[];
  /** The texts of the log lines. */
  readonly said: readonly string[];
  readonly asks: (message: object) => void;
  /** The next message that arrives. */
  readonly hears: () => Promise<Message>;
}

/** A forward of streams in this process, in front of a real child. */
function client(
  options: Partial<ForwardStdioOptions> = {},
  [command, ...args]: readonly string[] = [process.execPath, fixture('scripted-server.mjs')],
): Client {
  const clock = systemClock();
  const [input, output] = [new PassThrough(), new PassThrough()];
  const observations: Observation[] = [];
  const said: string[] = [];
  const keep: Log['info'] = (_fields, text) => void said.push(text);
  const forward = forwardStdio({
    server: startServerToForward({ command: command!, args, clock, lineBytesMax: 1e6, onStderr: () => {} }),
    input,
    output,
    clock,
    log: { ...silentLog, info: keep, error: keep },
    checksInvariants: true,
    observer: (observation) => observations.push(observation),
    ...options,
  });
  onTestFinished(() => forward.kill());
  const lines = createInterface(output)[Symbol.asyncIterator]();
  return {
    forward,
    input,
    observations,
    said,
    asks: (message) => void input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
    hears: async () => JSON.parse((await lines.next()).value as string) as Message,
  };
}

test('a client and a server talk through it; when the client ends its input both are gone, and it says how', async () => {
  const { forward, input, observations, said, asks, hears } = client();
  asks(initialize('hello'));
  expect(await hears()).toMatchObject({ id: 'hello', result: { serverInfo: { name: 'scripted' } } });
  asks(toolCall(1, 'echo', { text: 'caf\u00e9' }));
  expect(textOf(await hears())).toBe('caf\u00e9');
  input.end();
  const { reason, exit, snapshot } = await forward.ended;
  expect([reason, exit?.code, exit?.signal]).toEqual(['client-closed', 0, null]);
  expect(snapshot).toMatchObject({ status: 'completed', counts: { 'outcome.result': 2 } });
  expect(said).toEqual(expect.arrayContaining(['server started', 'client closed its side', 'server exited']));
  const settled = observations.flatMap((told) => (told.type === 'request-settled' ? [told.id] : []));
  expect(settled).toEqual(['hello', 1]);
  expect([...forward.runtime.sessions()]).toEqual([]);
});

test('a drain ends it when what was under way is done, and takes nothing new', async () => {
  const { forward, asks, hears } = client();
  asks(initialize('hello'));
  await hears();
  asks(toolCall(1, 'delay', { ms: 100, text: 'done' }));
  asks(request(2, 'ping'));
  expect(await hears()).toMatchObject({ id: 2 });
  forward.drain();
  asks(toolCall(3, 'echo'));
  expect(await hears()).toMatchObject({ id: 3, error: { data: { code: 'DRAINING' } } });
  expect(textOf(await hears())).toBe('done');
  expect((await forward.ended).reason).toBe('drained');
});

test('a drain after the client has left waits for nothing', async () => {
  const { forward, input, asks, hears } = client({}, [process.execPath, fixture('scripted-server.mjs'), '--stubborn']);
  asks(initialize('hello'));
  await hears();
  asks(toolCall(1, 'never'));
  asks(request(2, 'ping'));
  await hears();
  input.end();
  // The end of the input has been read when the session has changed for it.
  await new Promise<void>((resolve) => {
    const stop = forward.runtime.observe(({ type }) => {
      if (type !== 'state-changed') return;
      stop();
      resolve();
    });
  });
  forward.drain();
  const { reason, exit, snapshot } = await forward.ended;
  expect([reason, exit?.signal]).toEqual(['closed-by-operator', 'SIGKILL']);
  expect(snapshot.counts).toMatchObject({ 'outcome.result': 2 });
  expect(snapshot.pending).toEqual([]);
});

test('a client that is gone takes its server with it, and nobody waits for what was asked', async () => {
  const { forward, asks, hears } = client();
  asks(initialize('hello'));
  await hears();
  asks(toolCall(1, 'never'));
  forward.clientGone();
  const { reason, exit } = await forward.ended;
  expect(reason).toBe('client-gone');
  expect(exit).toBeDefined();
});

test('a server that cannot be started ends it; the client is told, and so is the log', async () => {
  const { forward, said, asks, hears } = client({}, ['/nowhere/no-such-command']);
  asks(initialize('hello'));
  expect(await hears()).toMatchObject({ id: 'hello', error: { data: { code: 'UPSTREAM_LOST' } } });
  const { reason, exit } = await forward.ended;
  expect([reason, exit?.spawnError?.kind]).toEqual(['upstream-exhausted', 'not-found']);
  expect(said).toContain('the server could not be started');
  expect(said).not.toContain('server started');
});

test('limits hold where they were asked for', async () => {
  const { forward, input, asks, hears } = client({ limits: { pendingPerSession: 1 } });
  asks(initialize('hello'));
  await hears();
  asks(toolCall(1, 'never'));
  asks(toolCall(2, 'echo'));
  expect(await hears()).toMatchObject({ id: 2, error: { code: 4290 } });
  input.end();
  forward.clientGone();
  await forward.ended;
});
