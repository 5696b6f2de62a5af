import { existsSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { StartedCommand } from '../../../src/testing/targets/command.ts';
import { Quiet, usualQuiet } from '../../../src/testing/targets/quiet.ts';
import { type Relay, openRelay } from '../../../src/testing/targets/relay.ts';
import { StreamConnection } from '../../../src/testing/targets/stream-connection.ts';
import { Notes, handshake, stageWith } from './stage.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open() {
  const notes = new Notes();
  const quiet = new Quiet(usualQuiet);
  const stage = stageWith(notes);
  const relay: Relay = await openRelay(stage, quiet);
  ends.push(async () => relay.close());
  const started = new StartedCommand([relay.command]);
  ends.push(async () => started.stop());
  const { stdin, stdout } = started;
  const client = new StreamConnection({ input: stdout, output: stdin, quiet, cut: () => started.kill() });
  client.listen(notes.events('client'));
  return { notes, relay, client, started, stage };
}

test('who starts our server by its command speaks with the play', async () => {
  const { notes, client } = await open();
  client.send(handshake(1), 1, { pieces: 5 });
  await notes.until('client hears result 1');
  expect(notes.lines.slice(0, 2)).toEqual(['server 1 is there', 'server 1 hears initialize 1']);
});

test('the end of its input is told, and ends it', async () => {
  const { notes, client, started } = await open();
  client.send(handshake(1), 1);
  await notes.until('client hears');
  client.close();
  await notes.until('server 1 is closed');
  expect(await started.ended).toBe('it exited with 0');
});

test('it ends when the play says so, and when it is killed', async () => {
  const first = await open();
  await first.notes.until('server 1 is there');
  first.stage.served[0]!.close();
  await first.notes.until('client is closed');
  expect(await first.started.ended).toBe('it exited with 0');
  const second = await open();
  await second.notes.until('server 1 is there');
  second.relay.kill();
  await second.notes.until('client is closed');
  expect(second.relay.command).not.toMatch(/ /);
});

test('nothing is left of it in the folder for temporary files', async () => {
  const { relay } = await open();
  for (const end of ends.splice(0).reverse()) await end();
  expect(existsSync(relay.command)).toBe(false);
});
