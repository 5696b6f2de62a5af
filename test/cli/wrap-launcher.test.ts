import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { launcherOf } from '../../src/cli/wrap-launcher.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'launcher-')));
afterAll(() => rmSync(folder, { recursive: true }));

function program(path: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '');
  chmodSync(path, 0o755);
  return path;
}
const node = program(join(folder, 'cellar', '22.1', 'bin', 'node'));
const script = program(join(folder, 'lib', 'ninelives.cjs'));
mkdirSync(join(folder, 'bin'));
symlinkSync(node, join(folder, 'bin', 'node'));
symlinkSync(script, join(folder, 'bin', 'ninelives'));

const installation = { execPath: node, script, version: '1.2.3', environment: {}, platform: 'linux' } as const;

test('is Node and the script itself, by whole paths, wherever the command was found', () => {
  expect(launcherOf({ ...installation, script: join(folder, 'bin', 'ninelives') })).toEqual([node, script]);
});

test('says the name of Node that lasts when it is updated, where that is the same one', () => {
  const bin = join(folder, 'bin');
  expect(launcherOf({ ...installation, environment: { PATH: bin } })).toEqual([join(bin, 'node'), script]);
  program(join(folder, 'other', 'node'));
  expect(launcherOf({ ...installation, environment: { PATH: join(folder, 'other') } })).toEqual([node, script]);
});

test('is npx with this version for what npx has fetched', () => {
  const fetched = join(folder, '_npx', 'abc', 'ninelives.cjs');
  expect(launcherOf({ ...installation, script: fetched })).toEqual(['npx', '-y', 'ninelives@1.2.3']);
  expect(launcherOf({ ...installation, script: fetched, platform: 'win32' })).toEqual([
    'cmd',
    '/c',
    'npx',
    '-y',
    'ninelives@1.2.3',
  ]);
  const npx = program(join(node, '..', 'npx'));
  expect(launcherOf({ ...installation, script: fetched })[0]).toBe(npx);
});
