/** A real file: what is written in which order, while others go on and before they do. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppendFile } from '../../src/record/append-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninelives-append-'));
  path = join(folder, 'x');
});

afterEach(() => rmSync(folder, { recursive: true }));

function open(flags = 'wx') {
  const told: string[] = [];
  const fd = openSync(path, flags);
  const file = new AppendFile(fd, { onWritten: () => told.push('written'), onRefused: () => told.push('refused') });
  return { file, told, fd };
}

const text = (): string => readFileSync(path, 'utf8');
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}

describe('a file that grows', () => {
  test('has what was handed over behind what it had, and says when', async () => {
    const { file, told } = open();
    file.append(Buffer.from('one'));
    expect([file.isBusy, file.isReading, told]).toEqual([true, true, []]);
    await until(() => told.length === 1);
    expect([file.isBusy, file.isReading, file.length, text()]).toEqual([false, false, 3, 'one']);
    file.append(Buffer.from('two'));
    await until(() => told.length === 2);
    file.close();
    expect(text()).toBe('onetwo');
  });

  test('has what could not wait at once, behind what was under way, and that once', async () => {
    const { file, told } = open();
    file.append(Buffer.from('one'));
    file.finishNow();
    expect([file.isBusy, text()]).toEqual([false, 'one']);
    file.appendNow(Buffer.from('two'));
    expect(text()).toBe('onetwo');
    await until(() => !file.isReading);
    file.close();
    expect([text(), told]).toEqual(['onetwo', []]);
  });

  test('keeps what was refused, and tries it when it is told', async () => {
    closeSync(openSync(path, 'wx'));
    const { file, told } = open('r');
    file.append(Buffer.from('one'));
    await until(() => told.length === 1);
    file.again();
    await until(() => told.length === 2);
    expect([told, file.isBusy, file.length]).toEqual([['refused', 'refused'], true, 0]);
    expect(() => file.finishNow()).toThrow('EBADF');
    expect(file.isBusy).toBe(true);
    file.close();
  });

  test('that is closed while a write is under way keeps its number until that is back', async () => {
    const { file, fd } = open();
    file.append(Buffer.alloc(1024 * 1024));
    file.finishNow();
    file.close();
    const next = openSync(join(folder, 'y'), 'wx');
    expect(next).not.toBe(fd);
    await until(() => !file.isReading);
    closeSync(next);
    expect(readFileSync(join(folder, 'y'), 'utf8')).toBe('');
    file.close();
  });
});
