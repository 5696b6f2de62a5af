import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type KnownProcess, knownProcesses, sessionCalled } from '../../src/cli/known-processes.ts';
import { administered, token } from '../admin/administered-runtime.ts';

function tokenFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'known-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'token');
  writeFileSync(file, text);
  return file;
}

describe('a process that is named', () => {
  test('is asked with the token of a file, and gives all its sessions, page by page', async () => {
    const { listener, open } = await administered();
    for (let index = 0; index < 600; index++) open();
    const { processes, problems } = await knownProcesses({
      admin: listener.origin,
      tokenFile: tokenFile(`${token}\n`),
    });
    expect([problems, processes[0]?.facts.command, processes[0]?.sessions.length]).toEqual([[], 'forward http', 600]);
  });

  test('says what is wrong with the token, its file, or the process', async () => {
    const { listener } = await administered();
    const admin = listener.origin;
    expect((await knownProcesses({ admin, tokenFile: tokenFile('x') })).problems[0]).toContain('Show the token');
    expect((await knownProcesses({ admin, tokenFile: './no-such' })).problems[0]).toContain('--token-file ./no-such');
    await listener.close();
    expect((await knownProcesses({ admin, tokenFile: tokenFile(token) })).problems[0]).toContain('cannot be reached');
    expect((await knownProcesses({ pid: 1 })).problems).toEqual(['no process 1 can be managed here']);
  });
});

describe('a session', () => {
  const of = (...ids: readonly string[]): KnownProcess =>
    ({ sessions: ids.map((id) => ({ id })) }) as unknown as KnownProcess;
  const processes = [of('abc', 'abd', 'ab'), of('xyz')];

  test.each([
    ['xyz', 'xyz'],
    ['x', 'xyz'],
    ['ab', 'ab'],
    ['abc', 'abc'],
  ])('%s is %s', (id, found) => {
    expect(sessionCalled(id, processes)).toMatchObject({ session: { id: found } });
  });

  test.each([
    ['a', "'a' begins more than one id: abc, abd, ab"],
    ['q', "there is no open session 'q'"],
    ['', "there is no open session ''"],
  ])('%j is none, or more than one', (id, problem) => {
    expect(sessionCalled(id, processes)).toMatchObject({ problem: expect.stringContaining(problem) as string });
  });
});
