import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdirSync, chmodSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { HubProcesses } from '../../src/admin/hub-processes.ts';
import { writeRunFile } from '../../src/admin/run-files.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { bystander, inspected, runFolderOfTest } from './hub-scene.ts';

const none = (): undefined => undefined;

function processesIn(folder: string): HubProcesses {
  const processes = new HubProcesses({ folder, own: none, clock: systemClock() });
  onTestFinished(() => processes.close());
  return processes;
}

const pids = async (processes: HubProcesses): Promise<readonly number[]> =>
  (await processes.list()).map(({ file }) => file.pid);

test('where no folder is there are no processes, until there is one', async () => {
  const folder = runFolderOfTest();
  const processes = processesIn(folder);
  expect(await pids(processes)).toEqual([]);
  await inspected(folder, process.pid, 1);
  expect(await pids(processes)).toEqual([process.pid]);
});

test.skipIf(process.platform === 'win32')('a folder that others may use has none', async () => {
  const folder = runFolderOfTest();
  mkdirSync(folder);
  await inspected(folder, process.pid, 1).catch(() => {});
  chmodSync(folder, 0o777);
  expect(await pids(processesIn(folder))).toEqual([]);
});

test('each is asked once what it is, and again when another has its pid', async () => {
  const folder = runFolderOfTest();
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end(JSON.stringify({ pid: process.pid, command: `of ${asked}` }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeRunFile({ pid: process.pid, origin, token: 'x', startedAt: 1 }, folder);
  const processes = processesIn(folder);
  await Promise.all([processes.list(), processes.list(), processes.find(process.pid)]);
  expect((await processes.find(process.pid))?.facts.command).toBe('of 1');
  writeRunFile({ pid: process.pid, origin, token: 'x', startedAt: 2 }, folder);
  expect((await processes.list())[0]?.facts.command).toBe('of 2');
  expect(asked).toBe(2);
});

test('one that does not answer keeps nobody from the others', async () => {
  const folder = runFolderOfTest();
  const silent = await bystander();
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeRunFile({ pid: silent.pid, origin, token: 'x', startedAt: 1 }, folder);
  await inspected(folder, process.pid, 2);
  const processes = processesIn(folder);
  const first = new Promise<readonly number[]>((resolve) => {
    processes.follow((found) => {
      if (found.length > 0) resolve(found.map(({ file }) => file.pid));
    });
  });
  expect(await first).toEqual([process.pid]);
});

test('nothing is looked at while nobody follows', async () => {
  const folder = runFolderOfTest();
  const processes = processesIn(folder);
  const told: number[] = [];
  const stop = processes.follow((found) => told.push(found.length));
  await inspected(folder, process.pid, 1);
  stop();
  processes.suspect();
  await inspected(folder, process.ppid, 2);
  await processes.list();
  expect(told).toEqual([0]);
});
