import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportTape } from '../../src/cli/run-tape-export.ts';
import { exportFormats } from '../../src/cli/tape-export.ts';
import { type TapedOptions, tapeTexts } from '../record/taped.ts';

let folder: string;
let file: string;
let said = '';
let complained = '';
const say = (text: string): void => void (said += text);
const complain = (text: string): void => void (complained += text);

/** Values that are secret by their name, by their looks, or because somebody says so. */
const planted = ['hunter2-by-name', 'sk-proj-0123456789abcdef0123', 'Bearer abc.def-123456', 'card-4111-1111'] as const;

const talk: TapedOptions['talk'] = ({ client, server, session }) => {
  const [byName, byLooks, inText, named] = planted;
  client.asks(1, 'tools/call', { name: 'x', arguments: { password: byName, note: `use ${byLooks}`, card: named } });
  server.takesAll();
  server.notifies('notifications/message', { data: `Authorization: ${inText}` });
  server.answersWithError(1, -32000, `${byLooks} was refused`);
  client.takesAll();
  session.label(`key ${byLooks}`, true);
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ninelives-export-'));
  file = join(folder, 'a.tape.jsonl');
  writeFileSync(file, `${(await tapeTexts({ talk })).join('\n')}\n`);
  said = '';
  complained = '';
});

afterEach(() => rmSync(folder, { recursive: true }));

const plain = { do: 'export', isRedacted: true, hidden: [['params', 'arguments', 'card']] } as const;

describe('tape export', () => {
  test.each(exportFormats)('%s: no secret of a tape of whole messages is in it', async (format) => {
    for (const secret of planted) expect(readFileSync(file, 'utf8')).toContain(secret);
    expect(await exportTape({ ...plain, file, format }, say, complain)).toBe(0);
    expect(planted.filter((secret) => said.includes(secret))).toEqual([]);
    expect(said).toContain('[redacted]');
  });

  test.each(exportFormats)('%s: messages are whole where that is asked for', async (format) => {
    expect(await exportTape({ ...plain, file, format, isRedacted: false }, say, complain)).toBe(0);
    expect(planted.filter((secret) => !said.includes(secret))).toEqual([]);
  });

  test('goes into a file that only its owner can read', async () => {
    const output = join(folder, 'a.html');
    expect(await exportTape({ ...plain, file, format: 'html', output }, say, complain)).toBe(0);
    expect([said, complained]).toEqual(['', '']);
    expect(readFileSync(output, 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    if (process.platform !== 'win32') expect(statSync(output).mode & 0o777).toBe(0o600);
  });

  test('is of one session where that is asked for', async () => {
    expect(await exportTape({ ...plain, file, format: 'har', session: 1 }, say, complain)).toBe(0);
    expect(await exportTape({ ...plain, file, format: 'har', session: 7 }, say, complain)).toBe(1);
    expect(complained).toBe(`${file}: there is no session 7\n`);
  });

  test('of a tape that breaks off goes as far as it does, and says so', async () => {
    writeFileSync(file, `${readFileSync(file, 'utf8')}{}\n`);
    expect(await exportTape({ ...plain, file, format: 'har' }, say, complain)).toBe(1);
    expect(JSON.parse(said)).toHaveProperty('log.entries.length', 2);
    expect(complained).toContain('this line has no seq, at or event');
  });

  test('says what it cannot read, and where it cannot write', async () => {
    expect(await exportTape({ ...plain, file: join(folder, 'none'), format: 'har' }, say, complain)).toBe(1);
    const output = join(folder, 'no', 'such', 'place');
    expect(await exportTape({ ...plain, file, format: 'har', output }, say, complain)).toBe(1);
    expect(complained).toContain(`${output} cannot be written: `);
  });
});
