/**
 * What the Dockerfile says, without an engine: that what it copies is there, that its probe tells a front that runs from one that does
 * not, and that the command is a good first process. The image itself is not built here.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { listening } from './e2e/listening.ts';
import { ninelives, scripted, start, stopAll } from './e2e/program.ts';

afterAll(stopAll);
const timeout = 40_000;

const dockerfile = readFileSync('Dockerfile', 'utf8');
const lines = dockerfile
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const stages = dockerfile.split(/^FROM /m).slice(1);
const argumentsOf = (name: string): readonly string[] =>
  lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
const ignored = readFileSync('.dockerignore', 'utf8').split('\n');

describe('the image', () => {
  test('is built from what the package is built from, and nothing else comes in', () => {
    expect(ignored).toContain('*');
    const allowed = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(allowed.filter((name) => !name.includes('*') && !existsSync(name))).toEqual([]);
    const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly files: readonly string[] };
    const written = files.filter((name) => !name.startsWith('!') && !name.startsWith('dist/'));
    expect(allowed).toEqual(
      expect.arrayContaining([...written, 'package.json', 'package-lock.json', 'src', 'machines']),
    );
    expect(ignored).toEqual(expect.arrayContaining(['**/node_modules', '**/dist']));
  });

  test('copies what is there', () => {
    const copied = argumentsOf('COPY').filter((words) => !words.startsWith('--from='));
    const sources = copied.flatMap((words) => words.split(' ').slice(0, -1));
    expect(sources.filter((name) => !existsSync(name))).toEqual([]);
  });

  test('has a Node that the package takes', () => {
    const [, node] = /^ARG NODE=(\d+)$/m.exec(dockerfile) ?? [];
    expect(Number(node)).toBeGreaterThanOrEqual(20);
    expect(stages.map((stage) => stage.split(/\s/, 1)[0])).toEqual(Array(2).fill('node:${NODE}-bookworm-slim'));
  });

  test('runs without rights, behind a first process that buries the dead', () => {
    expect(stages.at(-1)).toMatch(/^USER node$/m);
    expect(stages.at(-1)).toMatch(/install .*\btini\b/);
    expect(argumentsOf('ENTRYPOINT')).toEqual(['["tini", "--", "ninelives"]']);
    expect(argumentsOf('USER')).toEqual(['node']);
  });
});

describe('the probe', () => {
  const [health = ''] = argumentsOf('HEALTHCHECK');
  const words = JSON.parse(health.slice(health.indexOf('CMD ') + 4)) as readonly string[];
  const probe = async (url: string): Promise<unknown> => {
    const [command = '', ...args] = words;
    const program = spawn(command === 'node' ? process.execPath : command, args, {
      env: { ...process.env, NINELIVES_PROBE: url },
    });
    return (await once(program, 'close'))[0];
  };

  test('says that a front runs, by whatever name it is asked, and that none does', { timeout }, async () => {
    const { url, program } = await listening('http', scripted(), ['--allow-host', 'mcp.example.com']);
    const [usual = ''] = argumentsOf('ENV').flatMap((text) => /^NINELIVES_PROBE=(.*)$/.exec(text)?.[1] ?? []);
    expect(usual).toBe(`http://127.0.0.1:${argumentsOf('EXPOSE')[0]}/healthz`);
    const here = usual.replace(/:\d+/, `:${url.port}`);
    expect(await probe(here)).toBe(0);
    program.signal('SIGTERM');
    await program.exit;
    expect(await probe(here)).toBe(1);
  });
});

const canUnshare =
  process.platform === 'linux' && spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;

describe.runIf(canUnshare)('as the first process', () => {
  test('the command ends on SIGTERM, with its server and exit code 0', { timeout }, async () => {
    const front = ninelives('forward', 'http', '--listen', '127.0.0.1:0', '--share', 'shared', '--', ...scripted());
    const program = start(['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', ...front]);
    await program.until(() => program.err.find((line) => line.includes(' listening on ')), 'listening');
    const first = readFileSync(`/proc/${program.pid}/task/${program.pid}/children`, 'utf8').trim();
    process.kill(Number(first), 'SIGTERM');
    expect(await program.exit).toEqual({ code: 0, signal: null });
    expect(program.log().map(({ message }) => message)).toContain('draining');
  });
});
