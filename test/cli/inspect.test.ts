import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { managedRuntime, openInspect } from '../../src/cli/inspect.ts';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import { createTracedRuntime } from '../../src/runtime/runtime.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';

function folder(): string {
  const place = mkdtempSync(join(tmpdir(), 'inspect-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  return place;
}

async function open(place: string, host = '127.0.0.1') {
  const said: string[] = [];
  const warned: string[] = [];
  const log = { ...silentLog, warn: (_fields: object, text: string) => void warned.push(text) };
  const clock = systemClock();
  const ring = new TraceRing();
  const runtime = createTracedRuntime({ ids: { sessionId: () => 'x' }, clock }, ring);
  await openInspect({
    at: { host, port: 0 },
    command: 'forward stdio',
    server: 'node',
    managed: managedRuntime(runtime),
    ring,
    drain: () => {},
    clock,
    log,
    folder: join(place, 'ninelives'),
    say: (line) => said.push(line),
  });
  return { said, warned };
}

test('an inspector says where it is, and leaves word for the command line', async () => {
  const place = folder();
  const { said } = await open(place);
  expect(said).toEqual([
    expect.stringMatching(/^ninelives inspector on http:\/\/127\.0\.0\.1:\d+\/inspect\/#token=[\w-]{43}\n$/),
  ]);
  expect(readdirSync(join(place, 'ninelives'))).toEqual([`${process.pid}.json`, 'hub-token.json']);
});

test('whoever shows the token of that address is told what sessions do, and nobody else', async () => {
  const { said } = await open(folder());
  const [, host, token] = /http:\/\/([^/]+)\/inspect\/#token=(\S+)/.exec(said[0] ?? '') ?? [];
  const viewer = new WebSocket(`ws://${host}/feed`, ['ninelives.feed.v1', `ninelives.token.${token}`]);
  const [greeting] = (await once(viewer, 'message')) as [Buffer];
  expect([viewer.protocol, JSON.parse(greeting.toString())]).toMatchObject([
    'ninelives.feed.v1',
    { type: 'hello', process: { pid: process.pid, command: 'forward stdio' }, payloads: 'redacted' },
  ]);
  viewer.terminate();
  const stranger = new WebSocket(`ws://${host}/feed`, ['ninelives.feed.v1', 'ninelives.token.guess']);
  const [error] = (await once(stranger, 'error')) as [Error];
  expect(error.message).toContain('401');
});

test('where no word can be left the inspector is there all the same', async () => {
  const place = folder();
  writeFileSync(join(place, 'ninelives'), 'in the way');
  const { said, warned } = await open(place);
  expect(said).toHaveLength(1);
  expect(warned).toEqual(["'ninelives sessions' will not find this process"]);
});

test('where there is no address nothing is said but that', async () => {
  const { said, warned } = await open(folder(), '192.0.2.1');
  expect(said).toEqual([]);
  expect(warned).toEqual(['this process cannot be inspected: there is no address for it']);
});
