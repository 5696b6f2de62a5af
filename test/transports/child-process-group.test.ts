import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';

import { processGroup, processTree } from '../../src/transports/child-process-group.ts';

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

/** A folder with a stand-in for the program that Windows has: writes down what it is asked, and kills the leader alone. */
function standInWindows() {
  const root = mkdtempSync(join(tmpdir(), 'windows-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const asked = join(root, 'asked');
  mkdirSync(join(root, 'System32'));
  const script = `#!/bin/sh\necho "$@" >>'${asked}'\ncase "$4" in /F) kill -9 "$2" ;; esac\n`;
  writeFileSync(join(root, 'System32', 'taskkill.exe'), script, { mode: 0o755 });
  writeFileSync(asked, '');
  return { root, asked: () => readFileSync(asked, 'utf8').split('\n').slice(0, -1) };
}

describe('a process tree', () => {
  test('is asked to end, and killed before anything else happens', async () => {
    const { root, asked } = standInWindows();
    const { leader, pid } = await lead('echo 1; exec sleep 1000');
    const tree = processTree(pid, root);
    tree.signal('SIGTERM');
    await expect.poll(asked).toEqual([`/PID ${pid} /T`]);
    expect(tree.isEmpty()).toBe(false);
    tree.signal('SIGKILL');
    expect(asked().slice(1)).toEqual([`/PID ${pid} /T /F`]);
    expect(await once(leader, 'exit')).toEqual([null, 'SIGKILL']);
  });

  test('that was seen to be gone is asked nothing', async () => {
    const { root, asked } = standInWindows();
    const { leader, pid } = await lead('echo 1');
    if (leader.exitCode === null) await once(leader, 'exit');
    const tree = processTree(pid, root);
    expect(tree.isEmpty()).toBe(true);
    tree.signal('SIGKILL');
    expect(asked()).toEqual([]);
  });

  test('without the program that ends trees loses its leader at least', async () => {
    const { leader, pid } = await lead('echo 1; exec sleep 1000');
    const tree = processTree(pid, join(tmpdir(), 'nowhere'));
    tree.signal('SIGTERM');
    tree.signal('SIGKILL');
    expect(await once(leader, 'exit')).toEqual([null, 'SIGKILL']);
    await expect.poll(() => tree.isEmpty()).toBe(true);
  });
});
