/** Tapes that are played again: their servers to real clients, their clients to real servers, and what goes on from there. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { runTapeReplay } from '../../src/cli/run-tape-replay.ts';
import { type Conversation, dualEra, everything } from './conversations.ts';
import { reference } from './listening.ts';
import { type Program, fixture, forwarding, ninelives, scripted, start, stopAll, textOf } from './program.ts';
import { type ClientKind, connect } from './sdk-client.ts';

const directory = mkdtempSync(join(tmpdir(), 'tape-replay-'));
afterAll(async () => {
  await stopAll();
  rmSync(directory, { recursive: true, force: true });
});

const replaying = (file: string, ...args: readonly string[]): readonly string[] =>
  ninelives('tape', 'replay', file, ...args);

/** What a client gets of a server in a whole conversation. */
async function converse(kind: ClientKind, script: Conversation, command: readonly string[]): Promise<unknown> {
  const files = mkdtempSync(join(directory, 'files-'));
  const client = await connect(kind, command, true);
  try {
    return [client.era, client.serverInfo(), ...(await script(client, { files, progress: [] }))];
  } finally {
    await client.close();
  }
}

const everythingServer = reference('server-everything', 'stdio');
const bothEras = [process.execPath, fixture('sdk-v2-server.mjs')];

const timeout = 60_000;

describe.concurrent('a session of a real client with a real server', () => {
  test.each<[ClientKind, string, Conversation, readonly string[]]>([
    ['v1', 'server-everything', everything, everythingServer],
    ['v2 legacy', 'server-everything', everything, everythingServer],
    ['v2 auto', 'an SDK v2 server', dualEra, bothEras],
    ['v2 pin', 'an SDK v2 server', dualEra, bothEras],
  ])(
    'U4 of %s with %s is played again from its tape, to both sides',
    { timeout },
    async (kind, _name, script, server) => {
      const folder = `${join(directory, kind.replace(' ', '-'))}/`;
      const then = await converse(kind, script, forwarding(server, ['--record', folder]));
      expect(await converse(kind, script, replaying(folder, '--as', 'server'))).toEqual(then);
      const tapes = readdirSync(folder);
      // Clients of version 2 try a server before they begin with another.
      expect(tapes).toHaveLength(kind === 'v2 auto' || kind === 'v2 pin' ? 2 : 1);
      for (const tape of tapes) {
        const client = start(replaying(join(folder, tape), '--as', 'client', '--json', '--', ...server));
        expect((await client.exit).code).toBe(0);
        expect(JSON.parse(client.out.join('\n'))).toMatchObject({ isSame: true, divergences: [], unsaid: 0 });
      }
    },
  );
});

const golden = (name: string): string => fixture(`tapes/${name}.tape.jsonl`);

/** A tape on which a scripted client calls, is asked, hears progress, and says a secret. */
async function recorded(name: string): Promise<string> {
  const file = join(directory, `${name}.jsonl`);
  const program = start(forwarding(scripted(), ['--record', file]));
  await program.initialize({ roots: {} });
  program.call(1, 'echo', { text: 'hello', password: 'swordfish' });
  await program.answer(1);
  program.call(2, 'ask', { method: 'roots/list' });
  const { id } = await program.message(({ method }) => method === 'roots/list');
  program.send({ id, result: { roots: [{ uri: 'file:///then' }] } });
  await program.answer(2);
  program.call(3, 'progress', { count: 2 }, { progressToken: 3 });
  await program.answer(3);
  program.endInput();
  await program.exit;
  return file;
}

/** The line on which this stands. */
function lineOf(file: string, text: string): string {
  const place = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  return String(place + 1);
}

let tape: string;
beforeAll(async () => {
  tape = await recorded('run');
});

async function over(program: Program): Promise<number | null> {
  program.endInput();
  return (await program.exit).code;
}

describe('the server of a tape', () => {
  test('asks again what it asked, says progress first, and says at the end what nobody wanted', async () => {
    const program = start(replaying(tape, '--as', 'server'));
    await program.initialize();
    program.call('a', 'ask', { method: 'roots/list' });
    const { id } = await program.message(({ method }) => method === 'roots/list');
    program.send({ id, result: { roots: [] } });
    expect(textOf(await program.answer('a'))).toContain('file:///then');
    program.call('p', 'progress', { count: 2 }, { progressToken: 'mine' });
    await program.answer('p');
    const progress = program.messages().filter(({ method }) => method === 'notifications/progress');
    expect(progress.map(({ params }) => params)).toEqual([
      { progressToken: 'mine', progress: 1, total: 2 },
      { progressToken: 'mine', progress: 2, total: 2 },
    ]);
    expect(await over(program)).toBe(0);
    expect(program.err.join('\n')).toMatch(/3 answers from the tape, 0 not on it, 1 request of the tape not asked$/);
  });

  test('takes any value for what is hidden, and says that something is', async () => {
    const program = start(replaying(tape, '--as', 'server'));
    await program.initialize();
    program.call(1, 'echo', { text: 'hello', password: 'another' });
    expect(textOf(await program.answer(1))).toBe('hello');
    expect(await over(program)).toBe(0);
    expect(program.err.join('\n')).toContain('1 message with hidden parts');
  });

  test('answers what the tape does not have with an error that says what is nearest', async () => {
    const program = start(replaying(tape, '--as', 'server'));
    await program.initialize();
    program.call(1, 'progress', { count: 3 });
    const text = `tools/call is not on the tape with these params: ${tape}:${lineOf(tape, '"name":"progress"')} has 2 at`;
    expect(await program.answer(1)).toMatchObject({
      error: { code: -32602, message: expect.stringContaining(text) as string },
    });
    expect(await program.ask(2, 'ping')).toMatchObject({ result: {} });
    expect(await over(program)).toBe(0);
  });

  test('ends at it, where it is asked to', async () => {
    const program = start(replaying(tape, '--as', 'server', '--on-miss', 'exit'));
    await program.initialize();
    program.call(1, 'echo', { text: 'new' });
    expect((await program.exit).code).toBe(1);
    expect(await program.answer(1)).toHaveProperty('error');
  });

  test('goes to a real server with it, where it is asked to, and nowhere before', async () => {
    const program = start(
      replaying(tape, '--as', 'server', '--on-miss', 'forward', '--', ...scripted('--name', 'real')),
    );
    expect((await program.initialize()).result).toMatchObject({ serverInfo: { name: 'scripted' } });
    program.call(1, 'seen', { only: 'order' });
    expect(JSON.parse(textOf(await program.answer(1)))).toEqual({
      order: ['initialize 0', 'notifications/initialized', 'tools/call 1'].map((text) =>
        text.replace('initialize 0', 'initialize ninelives-replay-greeting'),
      ),
    });
    program.call(2, 'ask', { method: 'elicitation/create' });
    const { id } = await program.message(({ method }) => method === 'elicitation/create');
    program.send({ id, result: { action: 'decline' } });
    expect(textOf(await program.answer(2))).toContain('decline');
    expect(await over(program)).toBe(0);
  });
});

describe('the client of a tape', () => {
  test('says the same to a server over HTTP', async () => {
    const server = start([process.execPath, fixture('scripted-http-server.mjs')]);
    const port = await server.until(() => /^listening (\d+)$/.exec(server.out[0] ?? '')?.[1]);
    const client = start(replaying(tape, '--as', 'client', '--upstream', `http://127.0.0.1:${port}/mcp`));
    expect((await client.exit).code).toBe(0);
    expect(client.out).toEqual([`${tape}: 4 requests, 4 answers: no divergence`]);
  });

  test.each(['stdio', 'rules', 'killed'])('says what stands on the tape %s of an earlier release', async (name) => {
    const client = start(replaying(golden(name), '--as', 'client', '--', ...scripted()));
    expect((await client.exit).code).toBe(0);
    expect(client.out.join()).toMatch(/no divergence$/);
  });

  test('finds what another server says otherwise, with line and place', async () => {
    const junit = join(directory, 'report.xml');
    const other = scripted('--name', 'other');
    const client = start(replaying(tape, '--as', 'client', '--junit', junit, '--', ...other));
    expect((await client.exit).code).toBe(1);
    const line = lineOf(tape, '"serverInfo"');
    expect(client.out).toEqual([
      `${tape}: 4 requests, 4 answers: 1 divergence`,
      `  ${tape}:${line}: answer to initialize differs at /result/serverInfo/name: "scripted" on the tape, "other" now`,
    ]);
    expect(readFileSync(junit, 'utf8')).toContain('failures="1"');
    const ignored = start(replaying(tape, '--as', 'client', '--ignore', 'result.serverInfo.name', '--', ...other));
    expect((await ignored.exit).code).toBe(0);
  });

  test('makes a tape of its own, on which the same is said', async () => {
    const again = join(directory, 'again.jsonl');
    const client = start(replaying(tape, '--as', 'client', '--record', again, '--', ...scripted()));
    expect((await client.exit).code).toBe(0);
    const diff = start(ninelives('tape', 'diff', tape, again));
    expect((await diff.exit).code).toBe(0);
  });

  test('has the exit code of a shell, where there is no such server', async () => {
    const client = start(replaying(tape, '--as', 'client', '--', join(directory, 'nowhere')));
    expect((await client.exit).code).toBe(127);
    expect(client.out).toEqual([]);
  });

  test('says one request alone, otherwise than it was', async () => {
    const line = lineOf(tape, '"name":"echo"');
    const set = ['--set', 'params.arguments.text=otherwise'];
    const client = start(replaying(tape, '--exchange', line, ...set, '--', ...scripted()));
    expect((await client.exit).code).toBe(0);
    expect(client.messages().map(textOf)).toEqual(['otherwise']);
    const asks = start(replaying(tape, '--exchange', lineOf(tape, '"name":"ask"'), '--', ...scripted()));
    expect((await asks.exit).code).toBe(0);
    expect(asks.messages().map(({ method }) => method)).toEqual(['roots/list', undefined]);
    const none = start(replaying(tape, '--exchange', '2', '--', ...scripted()));
    expect((await none.exit).code).toBe(2);
  });
});

describe('a session that goes on from a tape', () => {
  test('is where the tape was, whoever takes over and however they begin', async () => {
    const until = lineOf(tape, '"name":"ask"');
    const program = start(replaying(tape, '--until', until, '--', ...scripted()));
    await program.until(() => program.err.find((line) => line.endsWith('go on from here')), 'coming so far');
    // The server has asked, and is answered by who has taken over.
    expect((await program.initialize()).result).toMatchObject({ serverInfo: { name: 'scripted' } });
    const { id } = await program.message(({ method }) => method === 'roots/list');
    program.send({ id, result: { roots: [] } });
    program.call(1, 'seen');
    const seen = JSON.parse(textOf(await program.answer(1))) as { readonly order: readonly string[] };
    expect(seen.order.map((text) => text.split(' ')[0])).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/call',
      'tools/call',
      'response',
      'tools/call',
    ]);
    expect(await over(program)).toBe(0);
    expect(program.messages().filter((message) => message.method === undefined)).toHaveLength(2);
  });

  test('ends as its server does', async () => {
    const program = start(replaying(tape, '--until', lineOf(tape, '"name":"echo"'), '--', ...scripted()));
    program.call(1, 'die', { code: 7 });
    expect((await program.exit).code).toBe(7);
  });

  test('is none where nothing was said yet', async () => {
    const program = start(replaying(tape, '--until', '2', '--', ...scripted()));
    expect((await program.exit).code).toBe(2);
    expect(program.err.join()).toContain('nothing is said up to here');
  });
});

describe('a tape that cannot be played', () => {
  const changed = (name: string, change: (lines: string[]) => readonly string[]): string => {
    const file = join(directory, `${name}.jsonl`);
    writeFileSync(file, change(readFileSync(tape, 'utf8').split('\n')).join('\n'));
    return file;
  };
  /** The exit code and the first word, where nothing is started. */
  const firstOf = async (file: string): Promise<readonly [number, string]> => {
    const said: string[] = [];
    const server = { command: join(directory, 'never-started'), args: [] };
    const request = {
      do: 'replay',
      as: 'client',
      file,
      server,
      pace: 'at-once',
      waitMs: 1,
      ignored: [],
      json: false,
    } as const;
    const code = await runTapeReplay(
      request,
      () => {},
      (text) => said.push(text),
    );
    return [code, said[0] ?? ''];
  };

  test('is said with its line before anything is started', async () => {
    const lines = (text: readonly string[]): string[] => [...text];
    const bad: readonly (readonly [string, (all: string[]) => readonly string[], string])[] = [
      ['no-tape', () => ['hello', ''], ':1: this is no tape'],
      ['newer', (all) => [all[0]!.replace('"tape":2', '"tape":3'), ...all.slice(1)], ':1: this is a tape of version 3'],
      ['out-of-order', (all) => [...all.slice(0, 4), all[6]!, all[5]!, ...all.slice(7)], ':6: this line has the seq'],
      ['cut', (all) => [...all.slice(0, 5), all[5]!.slice(0, 40), ...lines(all.slice(6))], ':6: this line is no JSON'],
      ['empty', () => [], ':1: this is no tape: the file is empty'],
    ];
    for (const [name, change, problem] of bad) {
      const [code, said] = await firstOf(changed(name, change));
      expect([code, said]).toEqual([1, expect.stringContaining(`${name}.jsonl${problem}`)]);
    }
  });

  test('is played without a last line that a crash has cut off, and that is said', async () => {
    const file = changed('crashed', (all) => [...all.slice(0, 8), all[8]!.slice(0, 40)]);
    const client = start(replaying(file, '--as', 'client', '--', ...scripted()));
    expect((await client.exit).code).toBe(0);
    expect(client.err.join('\n')).toContain('crashed.jsonl:9: the last line is cut off and is left out');
  });

  test('is asked about where it has several clients', async () => {
    const file = golden('http');
    expect(await firstOf(file)).toEqual([2, `${file}: it has 2 sessions: say --session with one of 1, 2\n`]);
    const client = start(replaying(file, '--as', 'client', '--session', '2', '--', ...scripted()));
    expect((await client.exit).code).toBe(0);
  });
});
