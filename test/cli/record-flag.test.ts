import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordRequestOf } from '../../src/cli/record-flag.ts';
import { asked } from './asked.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninelives-record-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const usual = { isRedacted: true, bodyBytesMax: 1_048_576, whenFull: 'drop' };

test('nothing is recorded unless it is asked for', () => {
  expect(recordRequestOf({})).toBeUndefined();
});

test('a name is that of a file; that of a folder, or one with a slash behind it, of a folder, which is made', () => {
  const file = join(folder, 'a.jsonl');
  expect(recordRequestOf({ record: file })).toEqual({ ...usual, place: { file } });
  expect(recordRequestOf({ record: folder })).toEqual({ ...usual, place: { folder } });
  const fresh = `${join(folder, 'tapes')}/`;
  expect(recordRequestOf({ record: fresh })).toEqual({ ...usual, place: { folder: fresh } });
  expect(existsSync(fresh)).toBe(true);
});

test('a folder that cannot be made is a problem', () => {
  writeFileSync(join(folder, 'taken'), '');
  expect(recordRequestOf({ record: `${join(folder, 'taken')}/in/` })).toEqual({
    problem: expect.stringMatching(/^--record .*: ENOTDIR/),
  });
});

test('how much is recorded, and what happens where there is no room, can be said', async () => {
  const file = join(folder, 'a.jsonl');
  const words = ['--record', file, '--record-bodies', 'whole', '--record-body-bytes-max', '10'];
  const more = ['--record-tape-bytes-max', '20', '--record-tape-age-ms-max', '30', '--record-when-full', 'wait'];
  expect(await asked('forward', 'stdio', ...words, ...more, '--', 'node')).toMatchObject({
    record: { place: { file }, isRedacted: false, bodyBytesMax: 10, tapeBytesMax: 20, tapeMs: 30, whenFull: 'wait' },
  });
  expect(await asked('forward', 'stdio', '--record-bodies', 'none', '--', 'node')).toContain('Allowed choices are');
});

test('what is hidden besides can be said, and not together with whole messages', async () => {
  const words = ['--record', join(folder, 'a.jsonl'), '--redact', 'params.arguments.card', '--redact-header', 'X-Id'];
  expect(await asked('forward', 'stdio', ...words, '--', 'node')).toMatchObject({
    record: { isRedacted: true, hidden: { paths: [['params', 'arguments', 'card']], headers: ['X-Id'] } },
  });
  expect(await asked('forward', 'stdio', ...words, '--record-bodies', 'whole', '--', 'node')).toContain(
    '--record-bodies whole hides nothing: say one of them',
  );
});
