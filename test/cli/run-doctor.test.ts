import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CheckRequest } from '../../src/cli/doctor.ts';
import { runDoctor } from '../../src/cli/run-doctor.ts';

const home = mkdtempSync(join(tmpdir(), 'run-doctor-'));
afterAll(() => rmSync(home, { recursive: true }));

async function run(request: Partial<CheckRequest> = {}, version = '20.19.0') {
  let out = '';
  const code = await runDoctor(
    { do: 'check', config: undefined, rules: undefined, server: [], json: false, ...request },
    {
      out: { write: (text) => (out += text) },
      platform: 'linux',
      environment: { XDG_RUNTIME_DIR: home },
      home,
      folder: home,
      version,
    },
  );
  return { code, out };
}

test('says one line for each finding, with what to do below it, and 1 where there is a problem', async () => {
  const { code, out } = await run({ server: ['/no/such/server'] });
  expect(code).toBe(1);
  expect(out).toMatch(/^ok {7}node {7}Node 20\.19\.0\n/);
  expect(out).toContain('problem  server     /no/such/server was not found\n                    install it');
});

test('is 0 without a problem; programs get all of it as JSON', async () => {
  const { code, out } = await run({ json: true });
  expect([code, JSON.parse(out)]).toEqual([0, { ok: true, findings: expect.any(Array) as unknown }]);
  const old = await run({ json: true }, '18.0.0');
  expect([old.code, JSON.parse(old.out)]).toMatchObject([
    1,
    { ok: false, findings: [{ verdict: 'problem' }, {}, {}, {}] },
  ]);
});
