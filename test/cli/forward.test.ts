/**
 * What `ninelives forward` takes on its command line, and which stream it uses for what. What it does between a client and
 * a server is in test/e2e. The code under test is the built one: build first.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Program, forwarding, ninelives, scripted, start, stopAll } from '../e2e/program.ts';

const workspace = mkdtempSync(join(tmpdir(), 'forward-'));
afterAll(async () => {
  await stopAll();
  rmSync(workspace, { recursive: true, force: true });
});

let files = 0;

function file(text: string): string {
  const path = join(workspace, `profile-${(files += 1)}.yaml`);
  writeFileSync(path, text);
  return path;
}

const marker = join(workspace, 'was-started');
/** A server that leaves a trace of having been started. */
const tracked = [process.execPath, '-e', `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`] as const;
/** A server that answers whatever it is asked as if it were `initialize`. */
const obliging = `
  const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'obliging', version: '1.0.0' } };
  require('node:readline').createInterface(process.stdin).on('line', (line) => {
    const { id } = JSON.parse(line);
    if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
`;
const hint = 'Run with --help to see what can be said here.';
const usage = "'ninelives forward stdio -- COMMAND ARGS'";

describe.concurrent('a wrong command line exits with 2, and one error says what to type', () => {
  const number = 'It must be a whole number above 0.';
  const unknownProfile =
    /^error: there is no profile 'mpc'; built-in ones are mcp, .*lenient, and a file needs a path or an ending$/;
  const typo = file('name: own\nbatchs: always\n');
  const nonsense = file('name: own\n\nmethodTimes:\n  tools/call:\n    idleMs: soon\n');
  const broken = file('name: own\nextends: "mcp\n');
  const dangling = file('name: own\ndescription: *nobody\n');
  const wrong: Readonly<Record<string, readonly [readonly string[], string | RegExp]>> = {
    'no front': [[], `error: say which front: ${usage}`],
    'an unknown front': [['tcp'], `error: unknown front 'tcp', say: ${usage}`],
    'an unknown option before the front': [['--fast'], "error: unknown option '--fast'"],
    'no server': [['stdio'], `error: the server's command is missing: ${usage}`],
    'no server after the dashes': [['stdio', '--'], `error: the server's command is missing: ${usage}`],
    'a server whose name is empty': [['stdio', ''], `error: the server's command is missing: ${usage}`],
    'a server whose name is empty, after the dashes': [
      ['stdio', '--', '', 'x'],
      `error: the server's command is missing: ${usage}`,
    ],
    'an unknown option': [['stdio', '--fast', '--', ...tracked], "error: unknown option '--fast'"],
    'an option without its value': [['stdio', '--pending-max'], "error: option '--pending-max <n>' argument missing"],
    'an unknown level': [
      ['stdio', '--log-level', 'loud', '--', ...tracked],
      "error: option '--log-level <level>' argument 'loud' is invalid. Allowed choices are trace, debug, info, warn, error, silent.",
    ],
    'an unknown way to restart': [
      ['stdio', '--restart', 'always', '--', ...tracked],
      "error: option '--restart <when>' argument 'always' is invalid. Allowed choices are on-failure, never.",
    ],
    ...Object.fromEntries(
      ['0', '-1', '1.5', 'many', '', '1e400', '9007199254740993'].map((value) => [
        `the number ${value === '' ? 'that is empty' : value}`,
        [
          ['stdio', '--pending-max', value, '--', ...tracked],
          `error: option '--pending-max <n>' argument '${value}' is invalid. ${number}`,
        ],
      ]),
    ),
    ...Object.fromEntries(
      ['frame-bytes-max', 'initialize-ms', 'request-idle-ms', 'request-absolute-ms', 'drain-ms'].map((name) => [
        `a ${name} that is no number`,
        [
          ['stdio', `--${name}`, 'x', '--', ...tracked],
          `error: option '--${name} <n>' argument 'x' is invalid. ${number}`,
        ],
      ]),
    ),
    'an unknown profile': [['stdio', '--profile', 'mpc', '--', ...tracked], unknownProfile],
    'a profile file with an unknown key': [
      ['stdio', '--profile', typo, '--', ...tracked],
      `error: ${typo}:2: batchs: Unrecognized key: "batchs"`,
    ],
    'a profile file with a wrong value': [
      ['stdio', '--profile', nonsense, '--', ...tracked],
      `error: ${nonsense}:5: methodTimes.tools/call.idleMs: Invalid input: expected number, received string`,
    ],
    'a profile file that is no YAML': [
      ['stdio', '--profile', broken, '--', ...tracked],
      startsWith(`error: ${broken}:`),
    ],
    'a profile file that refers to nothing': [
      ['stdio', '--profile', dangling, '--', ...tracked],
      startsWith(`error: ${dangling}:2: `),
    ],
    'a profile file that is not there': [
      ['stdio', '--profile', './no-such.yaml', '--', ...tracked],
      startsWith('error: the profile file ./no-such.yaml cannot be read: '),
    ],
  };

  test.each(Object.entries(wrong))('%s', async (_name, [args, error]) => {
    const program = start(ninelives('forward', ...args));
    expect(await program.exit).toEqual({ code: 2, signal: null });
    expect(program.out).toEqual([]);
    expect(program.err).toEqual([typeof error === 'string' ? error : expect.stringMatching(error), hint]);
    expect(existsSync(marker)).toBe(false);
  });

  test('a misspelt option, and what was meant', async () => {
    const program = start(ninelives('forward', 'stdio', '--pending-mx', '3', '--', ...tracked));
    expect((await program.exit).code).toBe(2);
    expect(program.err).toEqual(["error: unknown option '--pending-mx'", '(Did you mean --pending-max?)', hint]);
  });

  test('a level in NINELIVES_LOG that there is not', async () => {
    const program = start(forwarding(tracked), { NINELIVES_LOG: 'loud' });
    expect((await program.exit).code).toBe(2);
    expect(program.err).toEqual([
      expect.stringMatching(/^error: option '--log-level <level>' value 'loud' from env 'NINELIVES_LOG' is invalid\./),
      hint,
    ]);
  });
});

describe.concurrent('the log', () => {
  /** A whole session: a handshake, then the end of the client's input. */
  async function session(flags: readonly string[], level?: string): Promise<Program> {
    const program = start(forwarding(scripted(), flags), level === undefined ? {} : { NINELIVES_LOG: level });
    await program.initialize();
    program.endInput();
    await program.exit;
    return program;
  }

  test('goes to standard error as JSON lines when that is piped; standard output has protocol messages alone', async () => {
    const program = await session(['--log-level', 'trace']);
    expect(program.out.map((line) => (JSON.parse(line) as { readonly id: unknown }).id)).toEqual(['init']);
    expect(program.log()).toHaveLength(program.err.length);
    expect(new Set(program.log().map((line) => line['level']))).toEqual(new Set(['trace', 'info']));
  });

  test('says by itself when the server started, when it ended, and why the session did', async () => {
    const program = await session([]);
    expect(new Set(program.log().map((line) => line['message']))).toEqual(
      new Set(['server started', 'client closed its side', 'server exited', 'session ended']),
    );
  });

  test('is as loud as NINELIVES_LOG says', async () => {
    expect((await session([], 'silent')).err).toEqual([]);
  });

  test('is as loud as the flag says where both say something', async () => {
    expect((await session(['--log-level', 'silent'], 'trace')).err).toEqual([]);
  });
});

describe.concurrent('a profile', () => {
  test.each([
    ['by its name', 'lsp-like'],
    ['from a file', file('name: own\nshutdownMethods: [shutdown]\n')],
  ])('%s holds for the session', async (_name, profile) => {
    const program = start(forwarding([process.execPath, '-e', obliging], ['--profile', profile]));
    await program.initialize();
    program.send({ id: 1, method: 'shutdown' });
    expect((await program.exit).code).toBe(0);
    expect(program.log().find((line) => line['message'] === 'session ended')).toMatchObject({
      reason: 'shutdown-agreed',
    });
  });
});

function startsWith(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`);
}
