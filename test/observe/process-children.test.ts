import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { childrenInTable, runningChildren } from '../../src/observe/process-children.ts';

describe('the children of a process', () => {
  test.skipIf(process.platform === 'win32')('are there while they run, by the name of their program', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const exit = once(child, 'exit');
    await once(child, 'spawn');
    const mine = () => runningChildren()?.find(({ pid }) => pid === child.pid);
    expect(mine()).toMatchObject({ pid: child.pid, isZombie: false, name: expect.any(String) as string });
    child.stdin.end();
    await exit;
    expect(mine()).toBeUndefined();
  });

  test('are read from the table of ps, which is not one of them', () => {
    const table = `    1     0 Ss   /sbin/launchd
   20     7 S+   /usr/local/bin/node
   21     7 Z    (my server)
   22     7 R    ps
   23     8 S    node
`;
    expect(childrenInTable(table, 7)).toEqual([
      { pid: 20, name: 'node', isZombie: false },
      { pid: 21, name: '(my server)', isZombie: true },
    ]);
  });
});
