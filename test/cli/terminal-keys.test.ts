import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { terminalKeys } from '../../src/cli/terminal-keys.ts';

/** What a terminal is to its reader: a stream that can be told to give each key at once. */
class Terminal extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
}

test('keys come one after the other, by what they are called, and the terminal is as it was afterwards', async () => {
  const terminal = new Terminal();
  const keys = terminalKeys(terminal as unknown as NodeJS.ReadStream, { isTTY: true })!;
  const seen: string[] = [];
  terminal.write('nP \u001b[C\u001b[Db\u0003');
  for await (const key of keys) {
    expect(terminal.isRaw).toBe(true);
    seen.push(key);
    if (key === 'q') break;
  }
  expect(seen).toEqual(['n', 'P', ' ', 'right', 'left', 'b', 'q']);
  expect(terminal.isRaw).toBe(false);
});

test('where nobody can press any, or would see what comes of it, there are none', () => {
  const terminal = new Terminal() as unknown as NodeJS.ReadStream;
  expect(terminalKeys(terminal, {})).toBeUndefined();
  expect(terminalKeys(new PassThrough() as unknown as NodeJS.ReadStream, { isTTY: true })).toBeUndefined();
});
