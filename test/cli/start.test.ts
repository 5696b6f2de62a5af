/** What the built command loads for what it is asked to do. The code under test is the built one: build first. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { fixture, ninelives } from '../e2e/program.ts';

interface Loaded {
  readonly parts: readonly string[];
  readonly packages: readonly string[];
}

function loadedBy(...words: readonly string[]): Loaded {
  const [node = '', ...args] = ninelives(...words);
  const { stderr } = spawnSync(node, ['--import', pathToFileURL(fixture('loaded-files.mjs')).href, ...args], {
    encoding: 'utf8',
    input: '',
    env: { ...process.env, NINELIVES_LOG: undefined },
  });
  return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as Loaded;
}

const server = ['--', process.execPath, '-e', ''];
/** Parts by what they are for: each holds what only that needs. */
const parser = ['program.cjs'];
const profileFiles = ['profile-file.cjs'];
const listening = ['run-listening.cjs', 'websocket.cjs', 'http.cjs'];
const managing = ['run-sessions.cjs', 'inspect.cjs', 'openapi.cjs', 'run-gateway.cjs', 'run-config.cjs'];
const remote = ['remote.cjs', 'websocket-connector.cjs', 'websocket-link.cjs', 'http-detect.cjs'];

/** What there is of a cluster. */
const clustered = ['cluster-join.cjs', 'transport-node.cjs'];

const cases: Readonly<Record<string, readonly [words: readonly string[], not: readonly string[]]>> = {
  'the line that clients have': [
    ['forward', 'stdio', ...server],
    [...parser, ...profileFiles, ...listening, ...managing, ...remote],
  ],
  'a silent run with flags': [
    ['forward', 'stdio', '--log-level', 'silent', ...server],
    ['log.cjs', ...profileFiles, ...listening, ...managing, ...remote],
  ],
  'a built-in profile': [
    ['forward', 'stdio', '--log-level', 'silent', '--profile', 'mcp', ...server],
    ['log.cjs', ...profileFiles, ...listening, ...managing, ...remote],
  ],
  "a profile of one's own, which is not there": [
    ['forward', 'stdio', '--profile', './no-such.yaml', ...server],
    ['log.cjs', 'runtime.cjs', ...listening, ...managing, ...remote],
  ],
  // An address of no machine: it has loaded all that it serves with, and ends.
  'a front on HTTP that is no node of a cluster': [
    ['forward', 'http', '--log-level', 'silent', '--listen', '192.0.2.1:1', '--allow-host', 'x', ...server],
    [...clustered, 'run-sessions.cjs', 'run-gateway.cjs', ...remote],
  ],
  'help alone': [['--help'], ['log.cjs', 'runtime.cjs', ...profileFiles, ...listening, ...managing, ...remote]],
};

test.each(Object.entries(cases))(
  '%s loads nothing that it does not use, and nothing from node_modules',
  (_case, [words, not]) => {
    const { parts, packages } = loadedBy(...words);
    expect(packages).toEqual([]);
    expect(parts).toContain('start.cjs');
    expect(parts.filter((part) => not.includes(part))).toEqual([]);
  },
);

test('the parts that are told apart are there', () => {
  const parts = readdirSync('dist/bin');
  for (const part of [...parser, ...profileFiles, ...listening, ...managing, ...remote]) expect(parts).toContain(part);
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
