/**
 * Memory under pressure: whoever does not read slows down who writes to it, and nobody fills the process between them. Each
 * test first lets a lot of traffic pass, so that what is measured afterwards is growth and not a warm-up.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';

import { type Program, fixture, forwarding, scripted, start, stopAll, toolCall } from './program.ts';
import { heldBytes } from './held-bytes.ts';

afterAll(stopAll);

const timeout = 60_000;
const mebibyte = 1024 * 1024;
const growthMax = 10 * mebibyte;

/** The proxy in front of the scripted server, with somebody in it who tells what it holds. */
function proxy(): Program {
  const [node = '', ...args] = forwarding(scripted());
  return start([node, '--expose-gc', '--import', fixture('tells-held-bytes.mjs'), ...args]);
}

/** Waits until the number has stood still for half a second: what was to flow has flowed, or is held up. */
async function settled(read: () => number): Promise<number> {
  let before = Number.NaN;
  for (let still = 0; still < 5;) {
    await pause(100);
    const now = read();
    still = now === before ? still + 1 : 0;
    before = now;
  }
  return before;
}

/** A session that has moved 40 MB in each direction. */
async function warm(): Promise<Program> {
  const program = proxy();
  await program.initialize();
  for (let round = 0; round < 40; round += 1) {
    program.call(`warm ${round}`, 'echo', { text: 'x'.repeat(mebibyte) });
    await program.answer(`warm ${round}`);
    program.forget();
  }
  return program;
}

test('P16 a server that does not read is not written to any further, and neither are we', { timeout }, async () => {
  const program = await warm();
  program.call(1, 'stall');
  const before = await heldBytes(program);
  const filler = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/filler', params: 'x'.repeat(mebibyte) })}\n`;
  for (let sent = 0; sent < 50; sent += 1) program.write(filler);

  const unread = await settled(() => program.process.stdin!.writableLength);
  expect(unread).toBeGreaterThan(45 * mebibyte);
  expect((await heldBytes(program)) - before).toBeLessThan(growthMax);
  process.kill(await program.server(), 'SIGUSR1');
  await program.ask(2, 'ping');
});

// Only Linux says how much a process has read.
test.runIf(process.platform === 'linux')(
  'P16 a client that does not read is not written to any further',
  { timeout },
  async () => {
    const program = await warm();
    const before = await heldBytes(program);
    program.process.stdout!.pause();
    program.call(1, 'notify', { count: 640, bytes: 100_000 });
    const readSoFar = (): number =>
      Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${program.pid}/io`, 'utf8'))?.[1]);
    await settled(readSoFar);
    expect((await heldBytes(program)) - before).toBeLessThan(growthMax);
    program.process.stdout!.resume();
    await program.answer(1);
    expect(program.messages()).toHaveLength(641);
  },
);

test('P16 requests that are never answered are refused beyond the limit, whoever asks', { timeout }, async () => {
  const program = proxy();
  await program.initialize();
  program.forget();
  await flood(program, 0, 50_000);
  expect(program.messages()).toHaveLength(49_000);
  expect(program.messages()[0]?.error).toEqual({
    code: 4290,
    message: 'Too many requests are waiting for an answer',
    data: { code: 'TOO_MANY_REQUESTS', scope: 'session', current: 1000, limit: 1000, retryAfterMs: 1000 },
  });
  const before = await heldBytes(program);
  await flood(program, 50_000, 100_000);
  expect((await heldBytes(program)) - before).toBeLessThan(growthMax);
  expect(program.messages().filter(({ error }) => error?.code === 4290)).toHaveLength(99_000);
  // A ping draws on a reserve: the session can still be asked whether it lives.
  expect((await program.ask('ping', 'ping')).result).toEqual({});
});

/** Calls that the server never answers, with these ids; all of them have been read when this is over. */
async function flood(program: Program, from: number, to: number): Promise<void> {
  const calls = Array.from({ length: to - from }, (_, index) => toolCall(from + index, 'never'));
  for (let sent = 0; sent < calls.length; sent += 1000) program.send(...calls.slice(sent, sent + 1000));
  await program.answer(to - 1);
}
