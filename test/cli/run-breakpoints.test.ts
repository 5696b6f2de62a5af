/** `ninelives breakpoints` against processes that run, of the built command. What is held by them is in run-pause.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { stopAll } from '../e2e/program.ts';
import { inspected, says } from './held-messages.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakpoints-'));
/** Of the processes that are started, too. */
process.env['XDG_RUNTIME_DIR'] = folder;
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('breakpoints', () => {
  test('of nobody: exit code 4, and what to do', async () => {
    const said = expect.stringContaining('--inspect') as string;
    expect(await says('breakpoints', 'add', 'ping')).toEqual({ code: 4, out: '', err: said });
  });

  test(
    'are set in every process, or in the one that is named, and taken away by process',
    { timeout: 30_000 },
    async () => {
      const [one, other] = [await inspected(), await inspected()];
      const all = await says('breakpoints', 'add', 'ping');
      expect([all.code, all.out.split('\n').toSorted()]).toEqual([
        0,
        ['', ...[one, other].map(({ pid }) => `set b1 in process ${pid}`)].toSorted(),
      ]);
      expect((await says('breakpoints', 'add', '--to', 'active', '--pid', String(one.pid))).out).toBe(
        `set b2 in process ${one.pid}\n`,
      );
      const { out } = await says('breakpoints', 'list');
      expect(out.match(/^ {2}b1 +0 +ping /gm)).toHaveLength(2);
      expect(out).toMatch(/^ {2}b2 +0 +- +any -> active +resume after 60 seconds$/m);
      expect(await says('breakpoints', 'remove', 'b1')).toMatchObject({
        code: 4,
        err: expect.stringMatching(/'b1' is a breakpoint in processes \d+ and \d+: say which with --pid/) as string,
      });
      expect((await says('breakpoints', 'remove', 'b1', '--pid', String(other.pid), '--json')).out).toContain(
        '"removed": true',
      );
      expect(JSON.parse((await says('breakpoints', 'list', '--json', '--pid', String(other.pid))).out)).toMatchObject({
        processes: [{ process: { pid: other.pid }, breakpoints: [] }],
      });
    },
  );

  test(
    'for a session that is not there, or with a condition that is none, are not set',
    { timeout: 30_000 },
    async () => {
      await inspected();
      expect(await says('breakpoints', 'add', '--session', 'zzz')).toMatchObject({ code: 4, out: '' });
      expect(await says('breakpoints', 'add', '--when', 'frame.nothing ==')).toMatchObject({ code: 1, out: '' });
    },
  );
});
