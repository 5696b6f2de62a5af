/** What the built command loads for what it is asked to do. The code under test is the built one: build first. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixture, ninelives } from '../e2e/program.ts';

interface Loaded {
  readonly parts: readonly string[];
  readonly packages: readonly string[];
}

function loadedBy(...words: readonly string[]): Loaded {
  const [node = '', ...args] = ninelives(...words);
  const { stderr } = spawnSync(node, ['--import', fixture('loaded-files.mjs'), ...args], {
    encoding: 'utf8',
    input: '',
    env: { ...process.env, NINELIVES_LOG: undefined },
  });
  return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as Loaded;
}

const start = ['ninelives.cjs', 'rolldown-runtime.cjs', 'start.cjs'];
const proxy = ['profiles.cjs', 'proxy.cjs'];
const server = ['--', process.execPath, '-e', ''];

const cases: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  'the line that clients have': [
    ['forward', 'stdio', ...server],
    [...start, ...proxy, 'log.cjs'],
  ],
  'a silent run with flags': [
    ['forward', 'stdio', '--log-level', 'silent', ...server],
    [...start, ...proxy, 'program.cjs'],
  ],
  'a built-in profile': [
    ['forward', 'stdio', '--log-level', 'silent', '--profile', 'mcp', ...server],
    [...start, ...proxy, 'program.cjs'],
  ],
  "a profile of one's own, which is not there": [
    ['forward', 'stdio', '--profile', './no-such.yaml', ...server],
    [...start, 'profiles.cjs', 'program.cjs', 'profile-file.cjs'],
  ],
  'help alone': [['--help'], [...start, 'program.cjs', 'profiles.cjs']],
};

test.each(Object.entries(cases))('%s loads what it uses, and nothing from node_modules', (_case, [words, parts]) => {
  expect(loadedBy(...words)).toEqual({ parts: parts.toSorted(), packages: [] });
});

test('the command needs nothing but its own folder, whatever it loads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  try {
    cpSync('dist/bin', join(folder, 'dist/bin'), { recursive: true });
    cpSync('package.json', join(folder, 'package.json'));
    writeFileSync(join(folder, 'own.yaml'), 'name: own\n');
    const words = [join(folder, 'dist/bin/ninelives.cjs'), 'forward', 'stdio', '--profile', join(folder, 'own.yaml')];
    const { status, stderr } = spawnSync(process.execPath, [...words, ...server], { input: '', encoding: 'utf8' });
    expect(stderr).toContain('"message":"server started"');
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
