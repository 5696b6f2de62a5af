import { expect, test } from 'vitest';
import { keptTarget } from '../../../src/testing/targets/kept-target.ts';
import { Notes, handshake, stageWith } from './stage.ts';

/** Says yes to everything, and under which process id. */
const server = `require('node:http').createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk)).on('end', () => {
    const { id } = JSON.parse(body || '{}');
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ jsonrpc: '2.0', id, result: { pid: process.pid } }));
  });
}).listen(Number(process.argv[1]), '127.0.0.1')`;

test('a command is kept from one play to the next, and started anew after it was killed or cut off', async () => {
  const kept = keptTarget({ kind: 'server', era: 'session', command: [process.execPath, '-e', server, '{port}'] });
  const pids: string[] = [];
  const play = async (ends: 'close' | 'cut' | 'kill'): Promise<void> => {
    const notes = new Notes();
    const running = await kept.start(stageWith(notes));
    const connection = await running.connect(notes.events('client'), {});
    connection.send(handshake(1), 1);
    pids.push((await notes.until('client hears result 1')).replace(' in 1', ''));
    if (ends === 'kill') await running.kill!('target');
    else connection[ends]();
    await running.stop();
  };
  for (const ends of ['close', 'close', 'cut', 'kill', 'close'] as const) await play(ends);
  await kept.end();
  expect(kept.starts()).toBe(3);
  expect(pids.map((pid) => [...new Set(pids)].indexOf(pid))).toEqual([0, 0, 0, 1, 2]);
});
