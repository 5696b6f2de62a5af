import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { runVerify } from '../../src/cli/run-verify.ts';
import type { VerifyRequest } from '../../src/cli/verify.ts';
import { fixture } from '../e2e/program.ts';

// Every play starts processes, and what breaks is played again.
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'run-verify-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(wrong: string, request: Partial<VerifyRequest> = {}) {
  const said = { out: '', err: '' };
  const command = [process.execPath, fixture('wrong-server.mjs'), wrong];
  const code = await runVerify(
    {
      target: { kind: 'server', command },
      eras: ['session'],
      tools: 'read-only',
      runs: 2,
      seed: 1,
      stepsMax: 6,
      shrinkSecondsMax: 1,
      writesBaseline: false,
      json: false,
      ...request,
    },
    {
      out: { write: (text) => (said.out += text) },
      err: { write: (text) => (said.err += text) },
      width: 100,
      signal: new AbortController().signal,
    },
  );
  return { code, ...said };
}

test('a server that keeps the laws ends it with 0', async () => {
  const { code, out } = await run('nothing');
  expect(out).toContain('0 broken');
  expect(code).toBe(0);
});

test('a server that breaks a law ends it with 0 where a baseline knows it, which is written when it is asked for', async () => {
  const baseline = join(folder, 'baseline.json');
  expect((await run('twice', { baseline, writesBaseline: true, runs: 1 })).code).toBe(0);
  expect(readFileSync(baseline, 'utf8')).toContain('one-outcome');
  const known = await run('twice', { baseline, runs: 1 });
  expect(known.out).toContain('known to be broken');
  expect(known.code).toBe(0);
});

test('a baseline that cannot be read is a wrong command line', async () => {
  const baseline = join(folder, 'bad.json');
  writeFileSync(baseline, '{');
  expect(await run('nothing', { baseline })).toMatchObject({ code: 2, out: '' });
  expect((await run('nothing', { baseline: join(folder, 'none.json') })).err).toContain('none.json cannot be read');
});

test('what does not come up ends it with 5, and its last words are told', async () => {
  const command = [process.execPath, '-e', 'console.error("no licence"); process.exit(1)'];
  const { code, err } = await run('', { target: { kind: 'server', command } });
  expect({ code, err }).toMatchObject({ code: 5, err: expect.stringContaining('no licence') as string });
});

test('a report that cannot be written is said, and ends it with 1', async () => {
  const { code, err, out } = await run('nothing', { junit: join(folder, 'no-folder', 'j.xml') });
  expect(err).toContain('j.xml cannot be written: ENOENT');
  expect(out).toContain('0 broken');
  expect(code).toBe(1);
});
