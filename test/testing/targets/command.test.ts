import { once } from 'node:events';
import { expect, test } from 'vitest';
import { running } from '../../e2e/survivors.ts';
import { StartedCommand } from '../../../src/testing/targets/command.ts';

/** Told from the processes of everybody else. */
const marker = `stopped-with-its-leader-${process.pid}`;

const node = (script: string): readonly string[] => [process.execPath, '-e', script];

test('a command that is not there is an error that names it', async () => {
  const command = new StartedCommand(['no-such-command', 'x']);
  expect(await command.ended).toMatch(/ENOENT/);
  expect(command.error('it is not there').message).toMatch('no-such-command x: it is not there');
  await command.stop();
});

test('an error tells what the command said last', async () => {
  const command = new StartedCommand(node('console.error("no port"); process.exit(3)'));
  expect(await command.ended).toBe('it exited with 3');
  await command.stop();
  expect(command.error('it exited').message).toMatch(/last words:\n {2}no port$/);
});

test('a stop ends what ignores its input and SIGTERM, and what that had started', async () => {
  const child = `/* ${marker} */ setInterval(()=>{},1e9); process.on('SIGTERM',()=>{}); console.log('up')`;
  const starts = `require('node:child_process').spawn(process.execPath,['-e',${JSON.stringify(child)}],{stdio:['ignore','inherit','ignore']})`;
  const command = new StartedCommand(node(`process.on('SIGTERM',()=>{});${starts};setInterval(()=>{},1e9)`));
  await once(command.stdout, 'data');
  expect(running(marker).length).toBeGreaterThan(0);
  await command.stop();
  expect(running(marker)).toEqual([]);
});
