import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diffTapes } from '../../src/cli/run-tape-diff.ts';
import { type TapedOptions, tapeTexts } from '../record/taped.ts';

let folder: string;
let said = '';
let complained = '';
const say = (text: string): void => void (said += text);
const complain = (text: string): void => void (complained += text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninelives-diff-'));
  said = '';
  complained = '';
});

afterEach(() => rmSync(folder, { recursive: true }));

async function tape(name: string, options: TapedOptions = {}): Promise<string> {
  const file = join(folder, name);
  writeFileSync(file, `${(await tapeTexts(options)).join('\n')}\n`);
  return file;
}

const asks = (method: string): TapedOptions => ({
  talk: ({ client, server }) => {
    client.asks(5, method);
    server.takesAll();
    server.answers(5);
    client.takesAll();
  },
});

const plain = { do: 'diff', ignored: [], json: false } as const;

describe('tape diff', () => {
  test('says that there is no difference, and how much it has looked at', async () => {
    const [before, after] = [await tape('a'), await tape('b')];
    expect(await diffTapes({ ...plain, before, after }, say, complain, false)).toBe(0);
    expect([said, complained]).toEqual(['no difference: 1 session, 8 things compared\n', '']);
  });

  test('says what differs, in colours where they are wanted', async () => {
    const [before, after] = [await tape('a'), await tape('b', asks('prompts/list'))];
    expect(await diffTapes({ ...plain, before, after }, say, complain, false)).toBe(1);
    expect(said.replaceAll(folder, '').split('\n')).toEqual([
      '--- /a',
      '+++ /b',
      '  session 1 and 1: 7 the same, 2 not',
      expect.stringMatching(/^- -> tools\/list {2}\(line \d+\)$/),
      expect.stringMatching(/^\+ -> prompts\/list {2}\(line \d+\)$/),
      '',
    ]);
    said = '';
    await diffTapes({ ...plain, before, after }, say, complain, true);
    expect(said).toContain('\u001b[32m+ -> prompts/list');
  });

  test('compares sessions of one tape, and says what differs to programs', async () => {
    const before = await tape('a', { sessions: 2 });
    const sessions = { before: 1, after: 2 };
    expect(await diffTapes({ ...plain, before, after: before, sessions, json: true }, say, complain, false)).toBe(0);
    expect(JSON.parse(said)).toMatchObject({ isSame: true, sessions: [{ before: 1, after: 2, changes: [] }] });
  });

  test('what is on a tape gives no orders to a terminal', async () => {
    const [before, after] = [await tape('a'), await tape('b', asks('\u001b[2J'))];
    await diffTapes({ ...plain, before, after }, say, complain, false);
    expect(said).not.toContain('\u001b');
  });

  test('is told apart from a tape that cannot be read, or has no such session', async () => {
    const before = await tape('a');
    writeFileSync(join(folder, 'x'), 'nothing\n');
    expect(await diffTapes({ ...plain, before, after: join(folder, 'x') }, say, complain, false)).toBe(2);
    expect(complained).toContain('/x:1: this is no tape');
    const sessions = { before: 1, after: 9 };
    expect(await diffTapes({ ...plain, before, after: before, sessions }, say, complain, false)).toBe(2);
    expect(complained).toContain('there is no session 9: it has 1 session\n');
  });
});
