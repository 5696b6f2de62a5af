import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  lstatSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type ListFile,
  backupPath,
  readListFile,
  removeBackup,
  writeBackup,
  writeListFile,
} from '../../../src/config/client-lists/list-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'list-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string | Uint8Array): { readonly path: string; readonly read: ListFile } {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, read: readListFile(path) as ListFile };
}

describe('a file with servers', () => {
  test('is written in its place, with its mode and its byte order mark, and nothing is left beside it', () => {
    const { path, read } = fileOf('mark.json', '\uFEFF{}');
    chmodSync(path, 0o640);
    expect(read.text).toBe('{}');
    expect(writeListFile(read, '{"a":1}')).toBeUndefined();
    expect(readFileSync(path, 'utf8')).toBe('\uFEFF{"a":1}');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).filter((name) => name.startsWith('mark'))).toEqual(['mark.json']);
  });

  test('behind a link is written where it is: the link stays', () => {
    const { path } = fileOf('real.json', '{}');
    const link = join(folder, 'link.json');
    symlinkSync(path, link);
    expect(writeListFile(readListFile(link) as ListFile, '{"a":1}')).toBeUndefined();
    expect([lstatSync(link).isSymbolicLink(), readFileSync(path, 'utf8')]).toEqual([true, '{"a":1}']);
    expect(backupPath(link)).toBe(backupPath(path));
  });

  test('that somebody else has changed meanwhile stays as they left it', () => {
    const { path, read } = fileOf('raced.json', '{}');
    writeFileSync(path, '{"theirs":1}');
    expect(writeListFile(read, '{"ours":1}')).toEqual({
      problem: expect.stringContaining('changed meanwhile') as string,
    });
    expect(readFileSync(path, 'utf8')).toBe('{"theirs":1}');
  });

  test('has a backup beside it that is as secret as it is, and goes when it is not needed', () => {
    const { path, read } = fileOf('secret.json', '{}');
    chmodSync(path, 0o600);
    expect(writeBackup(read, '{"before":1}')).toBeUndefined();
    expect(readFileSync(backupPath(path), 'utf8')).toBe('{"before":1}');
    expect(statSync(backupPath(path)).mode & 0o777).toBe(0o600);
    removeBackup(read);
    expect(readListFile(backupPath(path))).toBeUndefined();
  });

  test('that is no text, or no file, is told as such', () => {
    fileOf('bytes.json', new Uint8Array([0xff, 0xfe, 0x7b]));
    expect(readListFile(join(folder, 'bytes.json'))).toEqual({
      problem: expect.stringContaining('no UTF-8 text') as string,
    });
    expect(readListFile(folder)).toEqual({ problem: expect.stringContaining('cannot be read') as string });
    expect(readListFile(join(folder, 'missing'))).toBeUndefined();
  });
});
