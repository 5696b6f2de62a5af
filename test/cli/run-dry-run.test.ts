/** `ninelives rules dry-run` against a process that runs, of the built command. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runDryRun, secondsOrInterrupt } from '../../src/cli/run-dry-run.ts';
import { forwarding, scripted, start, stopAll } from '../e2e/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'dry-run-'));
process.env['XDG_RUNTIME_DIR'] = folder;
afterAll(async () => {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
});

const file = join(folder, 'next.yaml');

/** A dry run that has begun when its first line on stderr is there, and is over when `end` is called. */
function trial(text: string, json = false) {
  writeFileSync(file, text);
  const [out, err]: [string[], string[]] = [[], []];
  let [end, begin] = [(): void => {}, (): void => {}];
  const isOver = new Promise<void>((resolve) => (end = resolve));
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const write = (line: string): void => {
    err.push(line);
    begin();
  };
  const request = { do: 'dry-run', file, json, of: {} } as const;
  const done = runDryRun(request, isOver, { write: (line) => out.push(line) }, { write }).then((code) => ({
    code,
    out: out.join(''),
    err: err.join(''),
  }));
  return { begun, end, done };
}

const noEcho = 'version: 1\nrules: [{ id: no-echo, when: frame.name == "echo", do: [block: {}] }]\n';

describe('rules', () => {
  test('that nobody is there to try out: exit code 4, and what to do', async () => {
    const said = expect.stringContaining('--inspect') as string;
    expect(await trial(noEcho).done).toEqual({ code: 4, out: '', err: said });
  });

  test('U11 are tried out in a process without rules, and do nothing', { timeout: 30_000 }, async () => {
    const program = start(forwarding(scripted(), ['--inspect', '127.0.0.1:0']));
    await program.until(() => program.err.find((line) => line.startsWith('ninelives inspector on ')), 'an inspector');
    await program.initialize();
    const { begun, end, done } = trial(noEcho);
    await begun;
    program.call(1, 'echo', { text: 'x' });
    expect(JSON.stringify(await program.answer(1))).toContain('x');
    end();
    const { code, out, err } = await done;
    expect([code, err]).toEqual([0, `trying ${file} out in process ${program.pid}\n`]);
    expect(out.split('\n')).toMatchObject([
      expect.stringMatching(/^forward stdio, process \d+: would block 1 of 2 \(now 0\); 1 would meet another fate$/),
      '  rule no-echo: would block 1 of 2',
      expect.stringMatching(/^ {2}session \S+: would block 1 of 2$/),
      expect.stringMatching(/^ {2}frame \d+ of session \S+, tools\/call: pass now, block then \(no-echo\)$/),
      '',
    ]);
    const broken = await trial('version: 1\nrules: [{ id: a, do: [blok: {}] }]').done;
    expect(broken).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`${file}:2:23: `) as string });
  });
});

test('an interrupt ends the waiting before its time', async () => {
  const waits = secondsOrInterrupt(3600);
  process.emit('SIGINT');
  await expect(waits).resolves.toBeUndefined();
});
