import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';

import { processGroup } from '../../src/transports/child-process-group.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const { pid } of started.splice(0)) {
    try {
      process.kill(-pid!, 'SIGKILL');
    } catch {
      // Nothing is left, as it should be.
    }
  }
});

/** Starts a script as the leader of a group; gives its first line of output when it has come. */
async function lead(script: string, shell = 'sh') {
  const leader = spawn(shell, ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(leader);
  const [line] = await once(leader.stdout, 'data');
  return { leader, pid: leader.pid!, line: Number(line) };
}

describe('a process group', () => {
  test('is not empty while its leader runs, and is when the leader was all', async () => {
    const { leader, pid } = await lead('echo 1; exec sleep 1000');
    const group = processGroup(pid);
    expect(group.isEmpty()).toBe(false);
    group.signal('SIGTERM');
    expect(await once(leader, 'exit')).toEqual([null, 'SIGTERM']);
    expect(group.isEmpty()).toBe(true);
  });

  test('is signalled as a whole, also when its leader is gone', async () => {
    const { leader, pid } = await lead('sleep 1000 & sleep 1000 & echo 1');
    if (leader.exitCode === null) await once(leader, 'exit');
    const group = processGroup(pid);
    expect(group.isEmpty()).toBe(false);
    group.signal('SIGKILL');
    await expect.poll(() => group.isEmpty()).toBe(true);
  });

  // Job control gives the background process a group of its own. Its parent, once it is `sleep`, never collects it.
  test.runIf(process.platform === 'linux')('of zombies alone is empty', async () => {
    const { pid, line: member } = await lead('set -m; sleep 1000 & echo $!; exec sleep 1000', 'bash');
    await expect.poll(() => readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('sleep\n');
    const group = processGroup(member);
    expect(group.isEmpty()).toBe(false);
    process.kill(member, 'SIGKILL');
    await expect.poll(() => group.isEmpty()).toBe(true);
    expect(process.kill(-member, 0)).toBe(true);
  });
});
