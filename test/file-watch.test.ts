import { EventEmitter, once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FileWatch, fileState } from '../src/file-watch.ts';

function folderOfTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'file-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function watched(file: string, since?: string) {
  const news = new EventEmitter();
  let changes = 0;
  const watch = new FileWatch({
    file,
    ...(since === undefined ? {} : { since }),
    onChange: () => {
      changes += 1;
      news.emit('change');
    },
  });
  onTestFinished(() => watch.close());
  return { watch, change: async () => once(news, 'change'), changes: () => changes };
}

describe('a file that is watched', () => {
  test('is told of when it is written, replaced, taken away and there again', async () => {
    const file = join(folderOfTest(), 'a.yaml');
    writeFileSync(file, '1');
    const { change, changes } = watched(file);
    const steps = [
      () => writeFileSync(file, 'written'),
      () => {
        writeFileSync(`${file}.new`, 'replaced');
        renameSync(`${file}.new`, file);
      },
      () => rmSync(file),
      () => writeFileSync(file, 'there again'),
    ];
    for (const step of steps) {
      const told = change();
      step();
      await told;
    }
    expect(changes()).toBe(steps.length);
  });

  test('is told of once when it is written in several steps', async () => {
    const file = join(folderOfTest(), 'a.yaml');
    writeFileSync(file, '');
    const { change, changes } = watched(file);
    const told = change();
    for (let step = 1; step <= 5; step++) writeFileSync(file, 'x'.repeat(step));
    await told;
    expect(changes()).toBe(1);
  });

  test('is told of where it is behind a link, and where it had changed before it was watched', async () => {
    const folder = folderOfTest();
    mkdirSync(join(folder, 'there'));
    const [there, here] = [join(folder, 'there', 'a.yaml'), join(folder, 'a.yaml')];
    writeFileSync(there, '1');
    symlinkSync(there, here);
    const before = fileState(here);
    writeFileSync(there, 'later');
    const { change, changes } = watched(here, before);
    await change();
    const told = change();
    writeFileSync(there, 'and later');
    await told;
    expect(changes()).toBe(2);
  });

  test('that is not there has no state, and may come', async () => {
    const file = join(folderOfTest(), 'a.yaml');
    expect(fileState(file)).toBe('');
    const { change } = watched(file);
    const told = change();
    writeFileSync(file, '1');
    await told;
    expect(fileState(file)).not.toBe('');
  });

  test('is not told of any more when nobody wants that', async () => {
    const file = join(folderOfTest(), 'a.yaml');
    writeFileSync(file, '1');
    const stopped = watched(file);
    const other = watched(file);
    stopped.watch.close();
    const told = other.change();
    writeFileSync(file, '22');
    await told;
    expect(stopped.changes()).toBe(0);
  });
});
