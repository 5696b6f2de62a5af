/** `ninelives wrap` and `unwrap`, on files in a home of their own. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type WrapSurroundings, runWrap } from '../../src/cli/run-wrap.ts';
import { fixture, ninelives, start, stopAll } from '../e2e/program.ts';
import type { WrapRequest } from '../../src/cli/wrap.ts';

const root = mkdtempSync(join(tmpdir(), 'wrap-'));
afterAll(() => rmSync(root, { recursive: true }));
let home = root;
beforeEach(() => {
  home = mkdtempSync(join(root, 'home-'));
  mkdirSync(join(home, '.cursor'));
});

const list = `{
  "mcpServers": {
    "files": { "command": "npx", "args": ["-y", "files"] }, // mine
    "remote": { "url": "http://127.0.0.1:1/mcp" }
  }
}
`;
const cursorFile = (): string => join(home, '.cursor', 'mcp.json');
const wanted: WrapRequest = {
  do: 'wrap',
  client: 'cursor',
  names: [],
  isAll: false,
  file: undefined,
  isDryRun: false,
  isAgreed: true,
  flags: ['--inspect'],
};

async function run(
  request: Partial<WrapRequest> = {},
  around: Partial<WrapSurroundings> & { readonly answer?: string } = {},
) {
  let [out, err] = ['', ''];
  const isTTY = around.answer !== undefined;
  const code = await runWrap(
    { ...wanted, ...request },
    {
      out: { isTTY, write: (text) => (out += text) },
      err: { write: (text) => (err += text) },
      input: Object.assign(Readable.from(isTTY ? [around.answer] : []), { isTTY }),
      platform: 'linux',
      environment: { NO_COLOR: '1' },
      home,
      folder: home,
      launcher: ['/usr/bin/node', '/opt/ninelives.cjs'],
      flagsProblem: async () => undefined,
      ...around,
    },
  );
  return { code, out, err };
}

describe('wrap', () => {
  test('shows the change, keeps what was there beside it, and says what to do next', async () => {
    writeFileSync(cursorFile(), list);
    const { code, out, err } = await run();
    expect(code).toBe(0);
    expect(out).toContain('-    "files": { "command": "npx", "args": ["-y", "files"] }, // mine\n+    "files"');
    expect(err).toContain('  wrap   files\n  leave  remote: it is a URL');
    expect(err).toContain('Restart Cursor');
    expect(readFileSync(cursorFile(), 'utf8')).toContain(
      '["/opt/ninelives.cjs", "forward", "stdio", "--inspect", "--", "npx", "-y", "files"] }, // mine',
    );
    expect(readFileSync(`${cursorFile()}.ninelives-backup`, 'utf8')).toBe(list);
  });

  test('twice changes nothing more; unwrap brings back every byte and takes the backup away', async () => {
    writeFileSync(cursorFile(), list);
    await run();
    const wrapped = readFileSync(cursorFile(), 'utf8');
    expect(await run()).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('nothing to change') as string,
    });
    expect(readFileSync(cursorFile(), 'utf8')).toBe(wrapped);
    expect(await run({ names: ['remote'] })).toMatchObject({ code: 0 });
    expect(readFileSync(`${cursorFile()}.ninelives-backup`, 'utf8')).toBe(list);
    expect(await run({ do: 'unwrap', names: ['files'] })).toMatchObject({ code: 0 });
    expect(existsSync(`${cursorFile()}.ninelives-backup`)).toBe(true);
    expect(await run({ do: 'unwrap' })).toMatchObject({ code: 0 });
    expect(readFileSync(cursorFile(), 'utf8')).toBe(list);
    expect(existsSync(`${cursorFile()}.ninelives-backup`)).toBe(false);
  });

  test('writes nothing in a dry run, without a yes, or when the answer is no', async () => {
    writeFileSync(cursorFile(), list);
    expect(await run({ isDryRun: true })).toMatchObject({ code: 0, out: expect.stringContaining('+++') as string });
    expect(await run({ isAgreed: false })).toMatchObject({
      code: 2,
      err: expect.stringContaining('say --yes') as string,
    });
    for (const answer of ['n\n', '\n', '']) {
      expect(await run({ isAgreed: false }, { answer })).toMatchObject({
        code: 0,
        out: expect.stringContaining(`Change ${cursorFile()}? [y/N]`) as string,
        err: expect.stringContaining('nothing was changed') as string,
      });
    }
    expect(readFileSync(cursorFile(), 'utf8')).toBe(list);
    expect((await run({ isAgreed: false }, { answer: 'Yes\n' })).err).toContain('written');
    expect(readFileSync(cursorFile(), 'utf8')).not.toBe(list);
  });

  test('never touches a file that it cannot read, and says where', async () => {
    writeFileSync(cursorFile(), '{\n  "mcpServers": {"a" {}}\n}');
    const { code, err } = await run();
    expect([code, err]).toEqual([2, expect.stringContaining(`${cursorFile()}:2:22: Colon expected.`)]);
    expect(readFileSync(cursorFile(), 'utf8')).toBe('{\n  "mcpServers": {"a" {}}\n}');
  });

  test.each<[Partial<WrapRequest>, string]>([
    [{ client: 'cursr' }, 'did you mean cursor?'],
    [{ client: 'windsurf' }, 'Windsurf keeps no servers here: there is no '],
    [{ names: ['other'] }, "has no server 'other': it has files, remote"],
  ])('%j is refused: %s', async (request, error) => {
    writeFileSync(cursorFile(), list);
    expect(await run(request)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(error) as string });
  });

  test('names a file of the project, and edits it where it is named', async () => {
    mkdirSync(join(home, '.vscode'));
    writeFileSync(join(home, '.vscode', 'mcp.json'), '{"servers":{"a":{"command":"x"}}}');
    expect((await run({ client: 'vscode' })).err).toContain('which others may share: --config .vscode/mcp.json');
    expect(await run({ client: 'vscode', file: '.vscode/mcp.json' })).toMatchObject({ code: 0 });
    expect(readFileSync(join(home, '.vscode', 'mcp.json'), 'utf8')).toContain('forward');
  });

  test.each(['{"mcpServers":{"a":{"command":"x"}}}', '{"mcp":{"servers":{"a":{"command":"x"}}}}'])(
    'knows the other forms in which VS Code reads servers: %s',
    async (text) => {
      const file = join(home, 'other.json');
      writeFileSync(file, text);
      expect((await run({ client: 'vscode', file })).err).toContain('  wrap   a');
    },
  );

  test('writes what a client can start: the server answers through it, with its environment', async () => {
    const server = { command: process.execPath, args: [fixture('scripted-server.mjs')], env: { COLOUR: 'red' } };
    writeFileSync(cursorFile(), JSON.stringify({ mcpServers: { scripted: server } }));
    await run({ flags: ['--log-level', 'silent'] }, { launcher: ninelives().slice(0, 2) });
    const { mcpServers } = JSON.parse(readFileSync(cursorFile(), 'utf8')) as {
      readonly mcpServers: Readonly<Record<string, typeof server>>;
    };
    const { command, args, env } = mcpServers['scripted']!;
    expect(args).toContain('forward');
    const started = start([command, ...args], env);
    expect(await started.initialize()).toMatchObject({ result: { serverInfo: { name: 'scripted' } } });
    await stopAll();
  });

  test('finds the servers of Claude Code for its user and for this folder', async () => {
    const one = { mcpServers: { s: { type: 'stdio', command: 'x', args: [] } } };
    writeFileSync(
      join(home, '.claude.json'),
      JSON.stringify({ ...one, projects: { [home]: one, '/other': one } }, null, 2),
    );
    const { err } = await run({ client: 'claude-code' });
    expect(err).toContain(`  wrap   s\n  wrap   s (projects ${home})\n`);
    expect(readFileSync(join(home, '.claude.json'), 'utf8').match(/"forward"/g)).toHaveLength(2);
  });

  test('does not write flags that nothing would take', async () => {
    writeFileSync(cursorFile(), list);
    expect(await run({}, { flagsProblem: async () => 'unknown option' })).toMatchObject({
      code: 2,
      err: 'ninelives: after --: unknown option\n',
    });
  });
});
