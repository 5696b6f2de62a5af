/** What `--record` leaves behind, whatever becomes of the process and of the disk. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { type TapeReport, checkTape } from '../../src/record/tape-check.ts';
import { readTape } from '../../src/record/read-tape.ts';
import { forwarding, scripted, start, stopAll } from './program.ts';

const directory = mkdtempSync(join(tmpdir(), 'tapes-'));
afterAll(async () => {
  await stopAll();
  rmSync(directory, { recursive: true, force: true });
});

const tapeAt = (name: string): string => join(directory, name);
const check = async (file: string): Promise<TapeReport> => checkTape(readTape(file));
const secrets = ['swordfish-1234', 'sk-abcdefghijklmnopqrstuvwx', 'hunter2hunter2'];

describe.concurrent('a session that is recorded', () => {
  test('U4 is on its tape from the first word to the last, and the chart comes to the same', async () => {
    const file = tapeAt('whole.jsonl');
    const program = start(forwarding(scripted(), ['--record', file]));
    await program.initialize();
    program.call(1, 'echo', { text: 'hello' });
    await program.answer(1);
    program.endInput();
    await program.exit;
    expect(await check(file)).toMatchObject({ sessions: 1, requests: 2, findings: [] });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('leaves no secret on its tape, and sends on what it was given', async () => {
    const file = tapeAt('secrets.jsonl');
    const program = start(forwarding(scripted(), ['--record', file]));
    await program.initialize();
    const [password, key, token] = secrets;
    program.call(1, 'echo', { text: `token=${token} ${key}`, password });
    const answer = await program.answer(1);
    expect(JSON.stringify(answer)).toContain(key);
    program.endInput();
    await program.exit;
    const tape = readFileSync(file, 'utf8');
    expect(secrets.filter((secret) => tape.includes(secret))).toEqual([]);
    expect((await check(file)).findings).toEqual([]);
  });

  test('has a tape of its own in a folder', async () => {
    const folder = `${tapeAt('each')}/`;
    const program = start(forwarding(scripted(), ['--record', folder]));
    await program.initialize();
    program.endInput();
    await program.exit;
    const [name = ''] = readdirSync(folder);
    expect(name).toMatch(/^\d{8}T\d{6}-[\da-f]{8}\.tape\.jsonl$/);
    expect((await check(join(folder, name))).findings).toEqual([]);
  });
});

describe('a process that is killed while it records', () => {
  test('leaves tapes behind that can be read, up to a last line at most', async () => {
    for (let calls = 1; calls <= 40; calls += 13) {
      const file = tapeAt(`killed-${calls}.jsonl`);
      const program = start(forwarding(scripted(), ['--record', file]));
      await program.initialize();
      for (let id = 1; id <= calls; id++) program.call(id, 'echo', { text: 'x'.repeat(id * 100) });
      await program.answer(calls);
      program.signal('SIGKILL');
      await program.exit;
      const { findings } = await check(file);
      expect(new Set(findings.map(({ law }) => law))).toEqual(new Set(['whole']));
    }
  });
});

test.skipIf(process.platform === 'win32')('a disk that is full loses lines and no session', async () => {
  const file = tapeAt('full.jsonl');
  const command = forwarding(scripted(), ['--record', file]).map((word) => `'${word}'`);
  // The largest file that this process may write: 16 times 1024 bytes.
  const program = start(['/bin/bash', '-c', `trap '' XFSZ; ulimit -f 16; exec ${command.join(' ')}`]);
  await program.initialize();
  for (let id = 1; id <= 60; id++) {
    program.call(id, 'echo', { text: 'x'.repeat(1000) });
    expect(await program.answer(id)).toHaveProperty('result');
  }
  await program.logged('the tape cannot be written; the sessions go on');
  program.endInput();
  await program.exit;
  const { findings } = await check(file);
  expect(findings.map(({ law }) => law)).toContain('whole');
  expect(findings.filter(({ law }) => law !== 'whole')).toEqual([]);
});
