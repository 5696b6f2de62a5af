/** `ninelives verify`: what may be asked to be put to the test, and within which bounds. */

import { type Command, Option } from 'commander';
import { type ReplayName, replayNamed } from '../testing/replay-name.ts';
import { type RealTargetOptions, targetProblem } from '../testing/targets/real-target-options.ts';
import { addCommandGroup } from './command-group.ts';
import { positive } from './positive.ts';
import { gathered, headersIn } from './server-flags.ts';

type Era = RealTargetOptions['era'];

export interface VerifyRequest {
  readonly target: Omit<RealTargetOptions, 'era'>;
  readonly eras: readonly Era[];
  /** Of a server: which of its tools are called. */
  readonly tools: readonly string[] | 'all' | 'read-only';
  readonly runs?: number;
  readonly stepsMax?: number;
  readonly callsMax?: number;
  readonly callsPerSecondMax?: number;
  readonly timeSecondsMax?: number;
  /** For each law that is broken. */
  readonly shrinkSecondsMax?: number;
  readonly seed?: number;
  /** One play that was played before. */
  readonly replay?: ReplayName;
  readonly baseline?: string;
  readonly writesBaseline: boolean;
  readonly junit?: string;
  readonly sarif?: string;
  readonly tape?: string;
  readonly json: boolean;
}

interface Flags {
  readonly url?: string;
  readonly header?: readonly string[];
  readonly env?: readonly string[];
  readonly era: Era | 'both';
  readonly tools?: string;
  readonly runs?: number;
  readonly stepsMax?: number;
  readonly callsMax?: number;
  readonly callsPerSecond?: number;
  readonly timeMax?: number;
  readonly shrinkMax?: number;
  readonly seed?: number;
  readonly replay?: string;
  readonly baseline?: string;
  readonly writeBaseline?: boolean;
  readonly junit?: string;
  readonly sarif?: string;
  readonly tape?: string;
  readonly json?: boolean;
}

const usage = "'ninelives verify server -- COMMAND ARGS' or 'ninelives verify proxy -- PROXY {server}'";

const outcome = `
Every law is said to be kept, broken, or not exercised: what was never put to the test is not kept. What is broken is shown as the
shortest conversation that was found, with what plays it again. Exit code: 0 when every law that was exercised is kept, or is in the
baseline; 1 when one is broken; 2 for a wrong command line; 5 when the thing cannot be started or reached; 130 after Ctrl-C.`;

/** @param run does it, and sets the exit code. */
export function addVerify(program: Command, run: (request: VerifyRequest) => Promise<void>): void {
  const verify = addCommandGroup(program, {
    name: 'verify',
    description:
      'play conversations of many kinds with a server, a proxy or a client, and hold it to the laws of the protocol',
    examples: [
      'ninelives verify server -- npx -y @modelcontextprotocol/server-everything',
      'ninelives verify server --url http://127.0.0.1:3001/mcp',
      "ninelives verify proxy -- npx -y mcp-proxy --port {port} --server stream -- '{server}'",
    ],
    usage,
    words: { one: 'kind', ask: 'say what is to be tested' },
  });
  const server = subject(verify, 'server', 'a server, of which ninelives is the client', run).option(
    '--tools <names>',
    "tools to call: 'all', or names with commas between (default: those that the server marks as read-only)",
  );
  bounded(server).addHelpText(
    'after',
    `
Examples:
  ninelives verify server -- npx -y @modelcontextprotocol/server-everything
  ninelives verify server --tools echo,add --runs 200 -- node my-server.js
  ninelives verify server --url https://staging.example.com/mcp --header 'Authorization: Bearer TOKEN' --calls-per-second 5
  ninelives verify server --url http://127.0.0.1:{port}/mcp -- node my-server.js --port {port}

A command is started anew for every play, and killed at its end. With {port} in it, it is given a free port, and is reached at --url.
${outcome}`,
  );
  bounded(subject(verify, 'proxy', 'a proxy, with ninelives as its clients and as its servers', run)).addHelpText(
    'after',
    `
Examples:
  ninelives verify proxy -- my-proxy --stdio '{server}'
  ninelives verify proxy -- npx -y mcp-proxy --port {port} --server stream -- '{server}'
  ninelives verify proxy -- npx -y supergateway --stdio '{server}' --outputTransport streamableHttp --stateful --port {port}
  ninelives verify proxy -- npx -y mcp-remote '{server-url}' --allow-http
  ninelives verify proxy --url ws://127.0.0.1:{port}/mcp -- ninelives forward ws --listen 127.0.0.1:{port} -- '{server}'

In the words of the command, in --env and in --url:
  {server}      the command of a server of ours: one word, without spaces
  {server-url}  the URL of a server of ours, of streamable HTTP
  {port}        a free port; the proxy is then reached at --url, or where it is left out at http://127.0.0.1:{port}/mcp
  {url}         that URL
Without {port} the proxy is spoken to on its standard input and output, a process for each client.
${outcome}`,
  );
  bounded(subject(verify, 'client', 'a client, of which ninelives is the server', run)).addHelpText(
    'after',
    `
Examples:
  ninelives verify client -- my-client --connect '{server-url}'
  ninelives verify client -- my-client --server '{server}'
  ninelives verify client -- node a-client-on-its-own-standard-streams.js

{server} and {server-url} stand for a server of ours, as a command and as a URL. Without them the client is spoken to on its own
standard input and output.
${outcome}`,
  );
}

type Kind = RealTargetOptions['kind'];

function subject(
  verify: Command,
  kind: Kind,
  description: string,
  run: (request: VerifyRequest) => Promise<void>,
): Command {
  const command = verify
    .command(kind)
    .description(description)
    .argument('[command...]', `the ${kind}: -- COMMAND ARGS`)
    // What follows the command is the command's, also without the dashes.
    .passThroughOptions();
  if (kind !== 'client') {
    command
      .option('--url <url>', 'where it is reached; with a command, where that listens')
      .option('--header <name: value>', 'sent to --url with every request; may be repeated', gathered);
  }
  return command
    .option('--env <name=value>', 'for the command; may be repeated', gathered)
    .addOption(
      new Option('--era <era>', 'with sessions (2025-11-25 and before), stateless (2026-07-28), or one after the other')
        .choices(['session', 'stateless', 'both'])
        .default('session'),
    )
    .action(async (words: readonly string[], flags: Flags, self: Command) => {
      const request = requestOf(kind, words, flags);
      if ('problem' in request) self.error(`error: ${request.problem}`);
      return run(request);
    });
}

function bounded(command: Command): Command {
  return command
    .optionsGroup('Bounds:')
    .option('--runs <n>', 'plays (default: 50)', positive)
    .option('--steps-max <n>', 'steps of a play (default: 24)', positive)
    .option('--time-max <seconds>', 'start no further play after this time (default: 120)', positive)
    .option('--shrink-max <seconds>', 'time for shortening what breaks a law (default: 25)', positive)
    .option('--calls-max <n>', 'start no further play after this many requests (default: 10000)', positive)
    .option('--calls-per-second <n>', 'at most this many requests a second, on average', positive)
    .optionsGroup('Again:')
    .option(
      '--seed <n>',
      'what the plays are made of: the same for the same plays (default: another each time)',
      positive,
    )
    .option('--replay <seed:path>', 'one play, as a counterexample names it')
    .optionsGroup('Reports:')
    .option('--baseline <file>', 'laws that are known to be broken: they are told, and do not count')
    .option('--write-baseline', 'write what is broken now to --baseline')
    .option('--junit <file>', 'write the laws as test cases of a JUnit report')
    .option('--sarif <file>', 'write what is broken as SARIF 2.1.0')
    .option(
      '--tape <file>',
      "write each counterexample as a tape, for 'ninelives tape step'; further ones get a number",
    )
    .option('--json', 'print JSON');
}

/** What the words and flags of one subject ask for, or what is wrong with them. */
function requestOf(kind: Kind, words: readonly string[], flags: Flags): VerifyRequest | { readonly problem: string } {
  const { url, header = [], env = [], era, tools, replay, baseline, writeBaseline = false } = flags;
  if (url !== undefined && !URL.canParse(url.replaceAll('{port}', '1')))
    return { problem: `--url ${url}: this is no URL` };
  const headers = headersIn(header);
  if ('problem' in headers) return headers;
  if (header.length > 0 && url === undefined)
    return { problem: '--header is for --url: standard input has no headers' };
  const variables = variablesIn(env);
  if ('problem' in variables) return variables;
  if (env.length > 0 && words.length === 0) return { problem: '--env is for a command' };
  if (writeBaseline && baseline === undefined) return { problem: '--write-baseline needs --baseline FILE' };
  const again = replay === undefined ? undefined : replayNamed(replay);
  if (replay !== undefined && again === undefined)
    return { problem: `--replay ${replay}: write it as SEED:PATH, as 7:3:0:1` };
  const target = {
    kind,
    ...(words.length === 0 ? {} : { command: words }),
    ...(url === undefined ? {} : { url }),
    env: variables.env,
    headers: headers.headers,
  };
  const problem = targetProblem({ ...target, era: 'session' });
  if (problem !== undefined) return { problem };
  return {
    target,
    eras: era === 'both' ? ['session', 'stateless'] : [era],
    tools: tools === undefined ? 'read-only' : tools === 'all' ? 'all' : tools.split(',').map((name) => name.trim()),
    ...given(flags),
    ...(again === undefined ? {} : { replay: again }),
    writesBaseline: writeBaseline,
    json: flags.json === true,
  };
}

/** What is passed on as it was said. */
function given(flags: Flags): Partial<VerifyRequest> {
  const { runs, stepsMax, callsMax, callsPerSecond, timeMax, shrinkMax, seed, baseline, junit, sarif, tape } = flags;
  const all = {
    runs,
    stepsMax,
    callsMax,
    callsPerSecondMax: callsPerSecond,
    timeSecondsMax: timeMax,
    shrinkSecondsMax: shrinkMax,
    seed,
    baseline,
    junit,
    sarif,
    tape,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function variablesIn(
  env: readonly string[],
): { readonly env: Readonly<Record<string, string>> } | { readonly problem: string } {
  const pairs: [string, string][] = [];
  for (const text of env) {
    const sign = text.indexOf('=');
    if (sign < 1) return { problem: `--env ${text.slice(0, 20)}: write it as NAME=VALUE` };
    pairs.push([text.slice(0, sign), text.slice(sign + 1)]);
  }
  return { env: Object.fromEntries(pairs) };
}
