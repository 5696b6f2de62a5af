/** `ninelives tape replay`: which side of a tape is played again, to whom, and how. */

import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type PathPattern, isBadPath, pathPattern } from '../path-pattern.ts';
import { messageOf, systemReason } from '../reasons.ts';
import type { ExchangeEdits } from '../record/replay-exchange.ts';
import { anyPath } from './path-flag.ts';
import { positive } from './positive.ts';
import { type RecordFlags, type RecordRequest, addRecordFlags, recordRequestOf } from './record-flag.ts';
import { type ServerFlags, type ServerRequest, addServerFlags, gathered, serverRequestOf } from './server-flags.ts';

export type Pace = 'at-once' | 'recorded';

interface Played {
  readonly do: 'replay';
  readonly file: string;
  readonly session?: number;
}

/** The server of the tape is played, to a client on standard input and output. */
export interface ReplayServerRequest extends Played {
  readonly as: 'server';
  readonly pace: Pace;
  readonly onMiss: 'error' | 'exit' | { readonly forward: ServerRequest };
}

/** The client of the tape is played to a server. */
export interface ToServer extends Played {
  readonly server: ServerRequest;
  readonly pace: Pace;
  readonly waitMs: number;
  /** Where the session that this makes is recorded. */
  readonly record?: RecordRequest;
}

export interface ReplayClientRequest extends ToServer {
  readonly as: 'client';
  readonly ignored: readonly PathPattern[];
  readonly json: boolean;
  readonly junit?: string;
}

export interface ReplayExchangeRequest extends ToServer {
  readonly as: 'exchange';
  readonly line: number;
  readonly edits: ExchangeEdits;
}

/** The client is played as far as a line, and whoever started us goes on from there. */
export interface ReplayForkRequest extends ToServer {
  readonly as: 'fork';
  readonly until: number;
}

export type ReplayRequest = ReplayServerRequest | ReplayClientRequest | ReplayExchangeRequest | ReplayForkRequest;

interface ReplayFlags extends ServerFlags, RecordFlags {
  readonly as?: 'server' | 'client';
  readonly session?: number;
  readonly pace: Pace;
  readonly onMiss?: 'error' | 'forward' | 'exit';
  readonly exchange?: number;
  readonly set?: readonly string[];
  readonly params?: string;
  readonly until?: number;
  readonly waitMs?: number;
  readonly ignore?: readonly PathPattern[];
  readonly json?: boolean;
  readonly junit?: string;
}

const waitUsualMs = 10_000;

const usage = "'ninelives tape replay FILE --as server' or 'ninelives tape replay FILE --as client -- COMMAND ARGS'";

/** @param run does it, and sets the exit code. */
export function addTapeReplay(tape: Command, run: (request: ReplayRequest) => Promise<void>): void {
  const command = tape
    .command('replay')
    .description('play a side of a tape again: its server to a client, or its client to a server')
    .argument('<file>', 'the tape; with --as server also a folder with tapes')
    .argument('[command...]', 'the server: -- COMMAND ARGS')
    .addOption(new Option('--as <side>', 'whose part to play').choices(['server', 'client']))
    .option('--session <n>', 'only the session with this number', positive)
    .addOption(
      new Option('--pace <how>', 'say everything as soon as it may be said, or when it was said')
        .choices(['at-once', 'recorded'])
        .default('at-once'),
    )
    .addOption(
      new Option(
        '--on-miss <what>',
        'as a server, to a request that the tape does not have: answer with an error, ask the command or URL, or end (default: error)',
      ).choices(['error', 'forward', 'exit']),
    )
    .option('--exchange <line>', 'as a client, say one request alone: that on this line of the tape', positive)
    .option('--set <path=value>', 'change the request of --exchange: params.arguments.a=1; may be repeated', gathered)
    .option('--params <file>', 'a JSON file in the place of the params of --exchange')
    .option(
      '--until <line>',
      'as a client, stop behind this line, and let the client on standard input go on',
      positive,
    )
    .option(
      '--wait-ms <n>',
      `time for what the server says, beyond what it took on the tape (default: ${waitUsualMs})`,
      positive,
    )
    .option('--ignore <path>', 'as a client, do not compare what is at this path of messages; may be repeated', anyPath)
    .option('--json', 'as a client, print JSON')
    .option('--junit <file>', 'as a client, write the exchanges as test cases of a JUnit report');
  addRecordFlags(addServerFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  ninelives tape replay run.tape.jsonl --as server
  ninelives tape replay tapes/ --as server --on-miss forward -- node my-server.js
  ninelives tape replay run.tape.jsonl --as client -- node my-server.js
  ninelives tape replay run.tape.jsonl --exchange 12 --set params.arguments.message=hello -- node my-server.js
  ninelives tape replay run.tape.jsonl --until 40 -- node my-server.js

As a server it speaks MCP on standard input and output, and says to who asks the same what the tape's server said. As a client it
compares what the server says now with the tape. Lines are those of the file, as 'tape step' and 'tape check' name them. Exit code:
0, 1 when the server says something else or a tape cannot be played, 2 for a wrong command line, 126 and 127 when the server cannot
be executed or found; with --until the server's own.`,
    )
    .action(async (file: string, words: readonly string[], flags: ReplayFlags, itself: Command) => {
      const request = requestOf(file, words, flags);
      if ('problem' in request) itself.error(`error: ${request.problem}`);
      await run(request);
    });
}

interface Problem {
  readonly problem: string;
}

function requestOf(file: string, words: readonly string[], flags: ReplayFlags): ReplayRequest | Problem {
  const { session } = flags;
  const played: Played = { do: 'replay', file, ...(session === undefined ? {} : { session }) };
  const isOfClient = flags.exchange !== undefined || flags.until !== undefined;
  const side = flags.as ?? (isOfClient ? 'client' : undefined);
  if (side === undefined) return { problem: `say whose part to play: ${usage}` };
  const strange = strangeFlags(side, flags);
  if (strange.length > 0) return { problem: `${strange.join(', ')}: not with --as ${side}` };
  return side === 'server' ? serverOf(played, words, flags) : clientOf(played, words, flags);
}

/** Flags that say nothing where this side is played. */
function strangeFlags(side: 'server' | 'client', flags: ReplayFlags): readonly string[] {
  const { exchange, until, set, params, waitMs, ignore, json, junit, record, onMiss } = flags;
  const ofClient = { exchange, until, set, params, 'wait-ms': waitMs, ignore, json, junit, record };
  const strange: Readonly<Record<string, unknown>> = side === 'server' ? ofClient : { 'on-miss': onMiss };
  return Object.keys(strange)
    .filter((name) => strange[name] !== undefined)
    .map((name) => `--${name}`);
}

function serverOf(
  played: Played,
  words: readonly string[],
  { onMiss = 'error', pace, ...flags }: ReplayFlags,
): ReplayServerRequest | Problem {
  if (onMiss === 'forward') {
    const server = serverRequestOf(
      words,
      flags,
      "'ninelives tape replay FILE --as server --on-miss forward -- COMMAND ARGS'",
    );
    return 'problem' in server ? server : { ...played, as: 'server', pace, onMiss: { forward: server } };
  }
  if (words.length > 0 || flags.upstream !== undefined) {
    return { problem: 'a server is asked with --on-miss forward alone: say that, or leave the server out' };
  }
  return { ...played, as: 'server', pace, onMiss };
}

function clientOf(
  played: Played,
  words: readonly string[],
  flags: ReplayFlags,
): ReplayClientRequest | ReplayExchangeRequest | ReplayForkRequest | Problem {
  const { pace, waitMs = waitUsualMs, exchange, until, ignore = [], json, junit } = flags;
  const server = serverRequestOf(words, flags, "'ninelives tape replay FILE --as client -- COMMAND ARGS'", 'login');
  if ('problem' in server) return server;
  const record = recordRequestOf(flags);
  if (record !== undefined && 'problem' in record) return record;
  const to: ToServer = { ...played, server, pace, waitMs, ...(record === undefined ? {} : { record }) };
  if (exchange !== undefined && until !== undefined) return { problem: '--exchange and --until: one of them' };
  if (exchange === undefined && (flags.set !== undefined || flags.params !== undefined)) {
    return { problem: '--set and --params change the request of --exchange: say which' };
  }
  const isReported = until === undefined && exchange === undefined;
  if (!isReported && (ignore.length > 0 || json === true || junit !== undefined)) {
    return { problem: '--ignore, --json and --junit are for a whole tape: leave --exchange and --until out' };
  }
  if (until !== undefined) return { ...to, as: 'fork', until };
  if (exchange === undefined) {
    return { ...to, as: 'client', ignored: ignore, json: json === true, ...(junit === undefined ? {} : { junit }) };
  }
  const edits = editsOf(flags);
  return 'problem' in edits ? edits : { ...to, as: 'exchange', line: exchange, edits };
}

function editsOf({ set = [], params }: ReplayFlags): ExchangeEdits | Problem {
  const changes: (readonly [PathPattern, unknown])[] = [];
  for (const text of set) {
    const sign = text.indexOf('=');
    if (sign <= 0) return { problem: `--set ${text}: write it as path=value` };
    const path = pathPattern(text.slice(0, sign));
    if (isBadPath(path)) return { problem: `--set ${path.problem}` };
    changes.push([path, valueOf(text.slice(sign + 1))]);
  }
  if (params === undefined) return { set: changes };
  let text: string;
  try {
    text = readFileSync(params, 'utf8');
  } catch (error) {
    return { problem: `--params ${params}: ${systemReason(error)}` };
  }
  try {
    return { params: JSON.parse(text), set: changes };
  } catch (error) {
    return { problem: `--params ${params}: ${messageOf(error)}` };
  }
}

/** JSON where it is JSON; any other text is that text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
