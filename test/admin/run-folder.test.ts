import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isAlive, makeRunFolder, readSmallJson, runFolder, writeWhole } from '../../src/admin/run-folder.ts';

const isWindows = process.platform === 'win32';

function parent(): string {
  const place = mkdtempSync(join(tmpdir(), 'run-folder-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  return place;
}

describe('the folder', () => {
  test('stands where the system keeps such files, or is one of the user', () => {
    expect(runFolder({ XDG_RUNTIME_DIR: '/run/user/7' })).toBe(join('/run/user/7', 'ninelives'));
    expect(runFolder({ XDG_RUNTIME_DIR: 'relative' })).toContain(tmpdir());
    expect(runFolder({})).toMatch(/ninelives-(?:\d+|run)$/);
  });

  test.skipIf(isWindows)('is made for its user alone, and not trusted where others may use it', () => {
    const place = join(parent(), 'ninelives');
    expect(makeRunFolder(place)).toBe(undefined);
    expect(statSync(place).mode & 0o777).toBe(0o700);
    symlinkSync(place, `${place}-link`);
    expect(makeRunFolder(`${place}-link`)).toBe(`${place}-link is no folder`);
    chmodSync(place, 0o750);
    expect(makeRunFolder(place)).toBe(`${place} is open to others: chmod 700 it`);
  });
});

describe('a file', () => {
  test('replaces the one that is there, or leaves it', () => {
    const place = parent();
    expect(writeWhole(place, 'a.json', '1', 'first')).toBe(true);
    expect(writeWhole(place, 'a.json', '2', 'first')).toBe(false);
    expect(readFileSync(join(place, 'a.json'), 'utf8')).toBe('1');
    expect(writeWhole(place, 'a.json', '3', 'replace')).toBe(true);
    expect(readSmallJson(join(place, 'a.json'))).toBe(3);
    expect(readdirSync(place)).toEqual(['a.json']);
    if (!isWindows) expect(statSync(join(place, 'a.json')).mode & 0o777).toBe(0o600);
  });

  test('that is missing, too long or no JSON says nothing', () => {
    const place = parent();
    writeFileSync(join(place, 'long'), `"${' '.repeat(20_000)}"`);
    writeFileSync(join(place, 'text'), 'text');
    expect(['none', 'long', 'text'].map((name) => readSmallJson(join(place, name)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test('a process is there until it has ended', () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(spawnSync(process.execPath, ['-e', '']).pid)).toBe(false);
});
