/** `ninelives doctor --leaks` against a process of the built command, and against one in which something leaks. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, onTestFinished, test } from 'vitest';
import { runLeaks } from '../../src/cli/doctor-leaks.ts';
import type { LeaksRequest } from '../../src/cli/doctor.ts';
import { forwarding, scripted, start, stopAll } from '../e2e/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'leaks-'));
/** Of the process that is started, too. */
process.env['XDG_RUNTIME_DIR'] = folder;
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true }));

async function run(request: Partial<LeaksRequest> = {}, rounds = 1) {
  let [out, err, waited] = ['', '', 0];
  const code = await runLeaks(
    { do: 'leaks', of: {}, watchMs: undefined, json: false, ...request },
    async () => ++waited >= rounds,
    { write: (text) => (out += text) },
    { write: (text) => (err += text) },
  );
  return { code, out, err };
}

test('nobody to ask: exit code 4, and what to do', async () => {
  expect(await run()).toMatchObject({ code: 4, out: '', err: expect.stringContaining('--inspect') as string });
});

test('a process with a call under way leaks nothing, and says what it has', async () => {
  const stdio = start(forwarding(scripted(), ['--inspect', '127.0.0.1:0']));
  await stdio.initialize();
  stdio.call(7, 'delay', { ms: 60_000 });
  await stdio.until(
    () => stdio.err.find((line) => line.startsWith('ninelives inspector')),
    'saying where its inspector is',
  );
  const { code, out } = await run({ watchMs: 1 }, 2);
  expect(code).toBe(0);
  expect(out.match(/: nothing leaks\n {2}1 sessions, 1 connections, 1 children, 1 waiting, /g)).toHaveLength(2);
  const { processes } = JSON.parse((await run({ json: true })).out) as { readonly processes: readonly object[] };
  expect(processes).toMatchObject([{ process: { pid: stdio.pid }, report: { pid: stdio.pid, drift: [] } }]);
});

test.skipIf(process.platform === 'win32')(
  'U13 a child that a plugin leaves behind in a real process is found',
  async () => {
    const plugin = join(folder, 'leaky.mjs');
    const idle = `spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })`;
    writeFileSync(
      plugin,
      `import { spawn } from 'node:child_process';\nexport default { name: 'leaky', create: () => { ${idle}; return () => undefined; } };\n`,
    );
    const rules = join(folder, 'rules.yaml');
    writeFileSync(rules, `version: 1\nplugins:\n  - use: ./leaky.mjs\nrules: []\n`);
    const stdio = start(forwarding(scripted(), ['--inspect', '127.0.0.1:0', '--rules', rules]));
    await stdio.initialize();
    await stdio.until(
      () => stdio.err.find((line) => line.startsWith('ninelives inspector')),
      'saying where its inspector is',
    );
    const { code, out } = await run();
    expect(code).toBe(1);
    expect(out).toMatch(
      /: 2 things leak\n[^]*\n {2}child: Process \d+ \([^)]+\) is a child of this one, and nothing here knows of it\.\n/,
    );
    expect(out).toContain('child-handle: Node holds 2 child processes, and 1 are known here.');
  },
);

test('what leaks is told by name, and once is enough for the exit code', async () => {
  let asked = 0;
  const has = { sessions: 0, upstreams: 0, timers: 1, pending: 0, held: 0, tombstones: 0, paused: 0, resources: {} };
  const leak = { kind: 'timer', about: 'x', message: 'A timer is set for session x, which is gone.' };
  const answers: Readonly<Record<string, () => object>> = {
    '/process': () => ({ pid: 7, version: '0', command: 'forward http', server: 'node', startedAt: 1 }),
    '/sessions': () => ({ total: 0, sessions: [], next: null }),
    '/debug/leaks': () => ({
      pid: 7,
      has: { ...has, heapBytes: 1_048_576, residentBytes: 2_097_152 },
      drift: asked++ === 0 ? [leak] : [],
    }),
  };
  const server = createServer(({ url = '' }, response) => {
    response.end(JSON.stringify(answers[url.split('?')[0]!]!()));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'secret');
  const admin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, out } = await run({ of: { admin, tokenFile }, watchMs: 1 }, 2);
  expect(code).toBe(1);
  expect(out).toContain(
    'process 7 (forward http, in front of node): 1 thing leaks\n  0 sessions, 0 connections, 0 waiting, 0 held, 1 timers, heap 1.0 MB, resident 2.0 MB\n  timer: A timer is set for session x, which is gone.\n',
  );
  expect(out).toContain('process 7 (forward http, in front of node): nothing leaks\n');
});
