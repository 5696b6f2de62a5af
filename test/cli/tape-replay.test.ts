import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('tape', 'replay', ...words);
const folder = mkdtempSync(join(tmpdir(), 'tape-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const server = { command: 'node', args: ['server.js', '--flag'] };
const behind = ['--', 'node', 'server.js', '--flag'];
const asServer = { do: 'replay', file: 'a', as: 'server', pace: 'at-once', onMiss: 'error' };
const toServer = { do: 'replay', file: 'a', server, pace: 'at-once', waitMs: 10_000 };

describe('ninelives tape replay', () => {
  test('plays the server of a tape, and says what becomes of what it does not have', async () => {
    expect(await asked('a', '--as', 'server')).toEqual(asServer);
    expect(await asked('a', '--as', 'server', '--session', '2', '--pace', 'recorded', '--on-miss', 'exit')).toEqual({
      ...asServer,
      session: 2,
      pace: 'recorded',
      onMiss: 'exit',
    });
    expect(await asked('a', '--as', 'server', '--on-miss', 'forward', ...behind)).toEqual({
      ...asServer,
      onMiss: { forward: server },
    });
  });

  test('plays the client of a tape to a command or a URL', async () => {
    const asClient = { ...toServer, as: 'client', ignored: [], json: false };
    expect(await asked('a', '--as', 'client', ...behind)).toEqual(asClient);
    expect(await asked('a', '--as', 'client', '--upstream', 'http://127.0.0.1:1/mcp')).toMatchObject({
      as: 'client',
      server: { url: new URL('http://127.0.0.1:1/mcp') },
    });
    expect(
      await asked('a', '--as', 'client', '--ignore', 'result.content[*].text', '--json', '--junit', 'r.xml', ...behind),
    ).toEqual({ ...asClient, ignored: [['result', 'content', '*', 'text']], json: true, junit: 'r.xml' });
    expect(await asked('a', '--as', 'client', '--wait-ms', '5', '--record', 'new.jsonl', ...behind)).toMatchObject({
      waitMs: 5,
      record: { place: { file: 'new.jsonl' } },
    });
  });

  test('says one request, as it is or otherwise', async () => {
    const params = join(folder, 'params.json');
    writeFileSync(params, '{"name":"echo"}');
    const sets = ['--set', 'params.arguments.a=1', '--set', '/params/text=not JSON'];
    expect(await asked('a', '--exchange', '12', '--params', params, ...sets, ...behind)).toEqual({
      ...toServer,
      as: 'exchange',
      line: 12,
      edits: {
        params: { name: 'echo' },
        set: [
          [['params', 'arguments', 'a'], 1],
          [['params', 'text'], 'not JSON'],
        ],
      },
    });
  });

  test('stops behind a line for whoever goes on', async () => {
    expect(await asked('a', '--until', '40', ...behind)).toEqual({ ...toServer, as: 'fork', until: 40 });
  });

  test.each([
    [[], 'say whose part to play'],
    [['--as', 'proxy'], "argument 'proxy' is invalid"],
    [['--as', 'client'], "the server's command is missing"],
    [['--as', 'server', ...behind], 'with --on-miss forward alone'],
    [['--as', 'server', '--on-miss', 'forward'], "the server's command is missing"],
    [['--as', 'server', '--until', '3', '--json'], '--until, --json: not with --as server'],
    [['--as', 'client', '--on-miss', 'exit', ...behind], '--on-miss: not with --as client'],
    [['--exchange', '1', '--until', '2', ...behind], 'one of them'],
    [['--as', 'client', '--set', 'params.a=1', ...behind], 'change the request of --exchange'],
    [['--exchange', '1', '--json', ...behind], 'leave --exchange and --until out'],
    [['--exchange', '1', '--set', 'params.a', ...behind], 'write it as path=value'],
    [['--exchange', '1', '--set', 'a..b=1', ...behind], 'is no path into a message'],
    [['--exchange', '1', '--params', '/nowhere.json', ...behind], '--params /nowhere.json: ENOENT'],
    [['--exchange', '0', ...behind], 'It must be a whole number above 0.'],
  ])('says what is wrong with %j', async (words, problem) => {
    expect(await asked('a', ...words)).toContain(problem);
  });
});
