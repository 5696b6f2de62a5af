/** `ninelives verify` as it is built: with our own proxy, and with a server that is wrong. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { fixture, ninelives, start, stopAll } from './program.ts';
import { running } from './survivors.ts';

// Every play starts processes, and what breaks is played again.
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'verify-'));
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bounds = ['--runs', '2', '--steps-max', '6', '--shrink-max', '1', '--seed', '1'];

test('our own proxy keeps the laws', async () => {
  const proxy = ninelives('forward', 'stdio', '--', '{server}');
  const program = start(ninelives('verify', 'proxy', ...bounds, '--', ...proxy));
  expect(await program.exit).toEqual({ code: 0, signal: null });
  expect(program.out.at(-1)).toMatch(/^proxy: \d+ kept, 0 broken, /);
});

test('a server that answers twice is found out: told, drawn, reported and taped', async () => {
  const file = (name: string): string => join(folder, name);
  const reports = ['--junit', file('j.xml'), '--sarif', file('s.json'), '--tape', file('t.tape.jsonl')];
  const server = [process.execPath, fixture('wrong-server.mjs'), 'twice'];
  const program = start(ninelives('verify', 'server', ...bounds, ...reports, '--', ...server));
  expect((await program.exit).code).toBe(1);
  const said = program.out.join('\n');
  expect(said).toMatch(/✗ one-outcome +broken/);
  expect(said).toMatch(/again: the same with --replay 1:[\d:]+ /);
  expect(said).toMatch(/ ✗ +│◀─ result/);
  expect(readFileSync(file('j.xml'), 'utf8')).toContain('<failure');
  expect(readFileSync(file('s.json'), 'utf8')).toContain('"ruleId": "one-outcome"');
  const check = start(ninelives('tape', 'check', file('t.tape.jsonl')));
  expect((await check.exit).code).toBe(1);
  expect(check.out.join('\n')).toContain('a second response came for the same request');
});

test('when it is interrupted it says what it knows, and leaves nothing behind', async () => {
  const marker = `interrupted-${process.pid}`;
  const server = [process.execPath, fixture('wrong-server.mjs'), marker];
  const program = start(ninelives('verify', 'server', '--runs', '1000', '--', ...server));
  await program.until(() => program.err.find((line) => line.includes('tools')), 'what the server offers');
  program.signal('SIGINT');
  expect((await program.exit).code).toBe(130);
  expect(program.out.at(-1)).toMatch(/^server: /);
  expect(running(marker)).toEqual([]);
});
