import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { packageVersion } from '../../src/cli/version.ts';
import { ninelives } from '../e2e/program.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };

test('the version is that of the nearest package.json above', () => {
  const folder = mkdtempSync(join(tmpdir(), 'version-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{"version":"1.2.3"}');
    mkdirSync(join(folder, 'dist/bin'), { recursive: true });
    expect(packageVersion(pathToFileURL(join(folder, 'dist/bin/a.cjs')))).toBe('1.2.3');
    expect(packageVersion(pathToFileURL(join(folder, 'a.js')))).toBe('1.2.3');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('--version and -V print it, and nothing else, from whatever folder the command is run', () => {
  for (const flag of ['--version', '-V']) {
    const [node = '', ...args] = ninelives(flag);
    expect(execFileSync(node, args, { cwd: '/', encoding: 'utf8' })).toBe(`${version}\n`);
  }
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
});
