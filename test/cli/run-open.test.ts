import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { writeHubFile } from '../../src/admin/hub-file.ts';
import { hubToken } from '../../src/admin/hub-token.ts';
import { runOpen } from '../../src/cli/run-open.ts';
import { hubOn, inspected, runFolderOfTest } from '../admin/hub-scene.ts';

const withoutBrowser = { platform: 'linux', env: { BROWSER: 'none' } } as const;

async function open(folder: string, print = true) {
  process.env['XDG_RUNTIME_DIR'] = dirname(folder);
  let [out, err] = ['', ''];
  const code = await runOpen(
    { print },
    { write: (text) => (out += text) },
    { write: (text) => (err += text) },
    withoutBrowser,
  );
  return { code, out, err };
}

const tokenIn = (folder: string): string => {
  const kept = hubToken(folder);
  if ('problem' in kept) throw new Error(kept.problem);
  return kept.token;
};

test('where nothing runs it says what to do', async () => {
  expect(await open(runFolderOfTest())).toMatchObject({ code: 4, out: '' });
});

test('the page of whoever has an address is said, and that of a process where nobody has', async () => {
  const folder = runFolderOfTest();
  const token = tokenIn(folder);
  const { listener: hub } = await hubOn(folder, {}, token);
  const { hub: other } = await hubOn(folder, {}, token);
  const own = await inspected(folder, process.ppid, 1, { hub: other });
  expect(await open(folder)).toEqual({ code: 0, out: `${own.listener.origin}/inspect/#token=${token}\n`, err: '' });
  writeHubFile({ pid: process.pid, origin: hub.origin, command: 'inspect' }, folder);
  expect((await open(folder)).out).toBe(`${hub.origin}/inspect/#token=${token}\n`);
  expect((await open(folder, false)).out).toBe(
    `there is no browser here; the page is at ${hub.origin}/inspect/#token=${token}\n`,
  );
});

test('one that does not know the token, or is gone, is passed over', async () => {
  const folder = runFolderOfTest();
  tokenIn(folder);
  const { listener } = await hubOn(folder);
  await inspected(folder, process.ppid, 1);
  writeHubFile({ pid: process.pid, origin: listener.origin, command: 'inspect' }, folder);
  writeHubFile({ pid: process.pid, origin: 'http://127.0.0.1:1', command: 'inspect' }, folder);
  expect((await open(folder)).code).toBe(4);
});

test.skipIf(process.platform === 'win32')('a folder that others may use is said', async () => {
  const folder = runFolderOfTest();
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  expect(await open(folder)).toMatchObject({ code: 4, err: expect.stringContaining('chmod 700') as string });
});
