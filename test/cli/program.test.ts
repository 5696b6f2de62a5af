/**
 * The command line as a shell sees it: what is printed where, and the exit code. What `forward` takes is in forward.test.ts.
 * The code under test is the built one: build first.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../../src/cli/program.ts';
import { ninelives } from '../e2e/program.ts';
import { idleRunners } from './idle-runners.ts';

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(...args: readonly string[]): Said {
  const [node = '', ...rest] = ninelives(...args);
  const { status, stdout, stderr } = spawnSync(node, rest, { encoding: 'utf8', input: '' });
  return { code: status, out: stdout, err: stderr };
}

const hint = 'Run with --help to see what can be said here.\n';

describe('help', () => {
  const helps: readonly (readonly string[])[] = [['--help'], ['-h'], ['forward', '--help'], ['forward', 'stdio', '-h']];

  test.each(helps)('%s %s %s goes to standard output, and is no failure', (...args) => {
    const { code, out, err } = run(...args.filter((word) => word !== undefined));
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Usage: ninelives /);
    expect(out.endsWith('\n')).toBe(true);
  });

  test('that its reader has left is no failure', async () => {
    const [node = '', ...rest] = ninelives('--help');
    const child = spawn(node, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, err]).toEqual([0, '']);
  });

  test('of the program and of each command has an example that can be typed as it stands', () => {
    for (const path of [[], ['forward'], ['forward', 'stdio']]) {
      const { out } = run(...path, '--help');
      expect(out).toMatch(/^Examples?:\n(?: {2}ninelives forward stdio .*-- \S+.*\n)+/m);
    }
  });

  test('of every command that does something has an example', () => {
    const leaves = (command: Command, path: readonly string[] = []): readonly (readonly [string, Command])[] =>
      command.commands.length === 0
        ? [[path.join(' '), command]]
        : command.commands.flatMap((each) => leaves(each, [...path, each.name()]));
    const without = leaves(commandLine(idleRunners)).filter(([path, command]) => {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      return !new RegExp(`^Examples?:\\n(?: {2}.*\\n)*? {2}(?:.* )?ninelives ${path}\\b`, 'm').test(help);
    });
    expect(without.map(([path]) => path)).toEqual([]);
  });
});

describe('a command line that says nothing we know', () => {
  const wrong: Readonly<Record<string, { readonly args: readonly string[]; readonly error: string }>> = {
    'no command': { args: [], error: "error: say what to do: 'ninelives forward stdio -- COMMAND ARGS'" },
    'dashes alone': { args: ['--'], error: "error: say what to do: 'ninelives forward stdio -- COMMAND ARGS'" },
    'an unknown command': { args: ['proxy'], error: "error: unknown command 'proxy'" },
    'help as a command': { args: ['help'], error: "error: unknown command 'help'" },
    'an unknown option': { args: ['--fast'], error: "error: unknown option '--fast'" },
    'a name that every object has': { args: ['constructor'], error: "error: unknown command 'constructor'" },
  };

  test.each(Object.entries(wrong))('%s: exit code 2 and one error', (_name, { args, error }) => {
    expect(run(...args)).toEqual({ code: 2, out: '', err: `${error}\n${hint}` });
  });

  test('a misspelt command: exit code 2, and what was meant', () => {
    const err = `error: unknown command 'foward'\n(Did you mean forward?)\n${hint}`;
    expect(run('foward', 'stdio')).toEqual({ code: 2, out: '', err });
  });
});
