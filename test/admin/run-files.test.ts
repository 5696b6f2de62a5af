import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type RunFile, readRunFiles, writeRunFile } from '../../src/admin/run-files.ts';

const isWindows = process.platform === 'win32';

function folder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'run-files-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'ninelives');
}

const file = (pid: number, startedAt = 1): RunFile => ({
  pid,
  origin: 'http://127.0.0.1:7411',
  token: 'secret',
  startedAt,
});

/** The pid of a process that has ended. */
const gone = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('the file of a process', () => {
  test.skipIf(isWindows)('can be read by nobody else', () => {
    const place = folder();
    expect(writeRunFile(file(process.pid), place)).toHaveProperty('remove');
    const modes = [place, join(place, `${process.pid}.json`)].map((path) => statSync(path).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600]);
    expect(readdirSync(place)).toEqual([`${process.pid}.json`]);
  });

  test('is found while the process is there, and removed by whoever finds it later', () => {
    const place = folder();
    const written = writeRunFile(file(process.pid, 2), place);
    writeRunFile(file(process.ppid, 1), place);
    const dead = gone();
    writeRunFile(file(dead), place);
    expect(readRunFiles(place)).toEqual([file(process.ppid, 1), file(process.pid, 2)]);
    expect(readdirSync(place)).not.toContain(`${dead}.json`);
    if ('remove' in written) written.remove();
    expect(readRunFiles(place)).toEqual([file(process.ppid, 1)]);
  });

  test('of a later process with the same pid stays when the earlier one cleans up', () => {
    const place = folder();
    const earlier = writeRunFile(file(process.pid, 1), place);
    writeRunFile(file(process.pid, 2), place);
    if ('remove' in earlier) earlier.remove();
    expect(readRunFiles(place)).toEqual([file(process.pid, 2)]);
  });

  test('that is damaged, too long or about somebody else is passed over', () => {
    const place = folder();
    mkdirSync(place, { recursive: true, mode: 0o700 });
    writeFileSync(join(place, `${process.pid}.json`), '{"pid":');
    writeFileSync(join(place, `${process.ppid}.json`), JSON.stringify(file(process.pid)));
    writeFileSync(join(place, '1.json'), `${JSON.stringify(file(1))}${' '.repeat(20_000)}`);
    writeFileSync(join(place, 'notes.txt'), 'mine');
    expect(readRunFiles(place)).toEqual([]);
    expect(readdirSync(place)).toContain('notes.txt');
  });

  test.skipIf(isWindows)('is neither written to nor read from a folder that others may use', () => {
    const place = folder();
    mkdirSync(place, { recursive: true });
    chmodSync(place, 0o755);
    const problem = { problem: `${place} is open to others: chmod 700 it` };
    expect([writeRunFile(file(process.pid), place), readRunFiles(place)]).toEqual([problem, problem]);
    const link = `${place}-link`;
    symlinkSync(place, link);
    expect(writeRunFile(file(process.pid), link)).toEqual({ problem: `${link} is no folder` });
  });

  test('where there is no folder there is no process', () => {
    expect(readRunFiles(folder())).toEqual([]);
  });
});
