import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { holderOf, readHubFiles, writeHubFile } from '../../src/admin/hub-file.ts';

const origin = 'http://127.0.0.1:7411';

function folder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'hub-file-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'ninelives');
}

const file = (pid: number, at = origin) => ({ pid, origin: at, command: 'inspect' });

test('whoever has an address is known while it is there, and only for that address', () => {
  const place = folder();
  expect(holderOf(origin, place)).toBe(undefined);
  const written = writeHubFile(file(process.pid), place);
  writeHubFile(file(process.ppid, 'http://[::1]:8000'), place);
  expect(holderOf(origin, place)).toEqual(file(process.pid));
  expect(holderOf('http://127.0.0.1:8000', place)).toBe(undefined);
  expect(readHubFiles(place).map(({ pid }) => pid)).toEqual([process.pid, process.ppid]);
  expect(readdirSync(place)).toEqual(['hub-7411.json', 'hub-8000.json']);
  if ('remove' in written) written.remove();
  expect(holderOf(origin, place)).toBe(undefined);
});

test('one that was killed has it no more, and its successor keeps it', () => {
  const place = folder();
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const earlier = writeHubFile(file(dead), place);
  expect(holderOf(origin, place)).toBe(undefined);
  writeHubFile(file(process.pid), place);
  if ('remove' in earlier) earlier.remove();
  expect(holderOf(origin, place)).toEqual(file(process.pid));
});

test('a file that is damaged, or in a folder that others may use, names nobody', () => {
  const place = folder();
  writeHubFile(file(process.pid), place);
  writeFileSync(join(place, 'hub-1.json'), '{"pid":');
  writeFileSync(join(place, 'hub-2.json'), JSON.stringify({ pid: process.pid, origin: 7 }));
  expect(readHubFiles(place)).toHaveLength(1);
  if (process.platform === 'win32') return;
  chmodSync(place, 0o755);
  expect(readHubFiles(place)).toEqual([]);
  expect(writeHubFile(file(process.pid), place)).toHaveProperty('problem');
});
