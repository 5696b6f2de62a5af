/**
 * Runs `ninelives tape replay`: reads the tape, says what there is to say of it before anything is started, and hands it to what plays
 * it.
 */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { counted } from '../counted.ts';
import { readTape } from '../record/read-tape.ts';
import { replayTape } from '../record/replay-tape.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { exitCodes } from './exit-codes.ts';
import { HeldLog } from './held-log.ts';
import { People } from './people.ts';
import type { Say } from './run-tape.ts';
import type { ReplayRequest } from './tape-replay.ts';
import type { NamedTape, ReplayStage } from './tape-replay-stage.ts';
import { printable, serverLine } from './terminal.ts';

/** Resolves with the exit code. */
export async function runTapeReplay(request: ReplayRequest, say: Say, complain: Say): Promise<number> {
  const tapes = await tapesOf(request, complain);
  if (tapes === undefined) return exitCodes.sessionFailed;
  const { people, stage } = stageOf(say, complain);
  // Who waits for time alone would not keep the process.
  const hold = setInterval(() => {}, holdMs);
  try {
    return await play(request, tapes, stage);
  } finally {
    clearInterval(hold);
    await stage.log.opened();
    await people.flushed();
  }
}

/** Undefined where they cannot be played; why was said then. */
async function tapesOf(request: ReplayRequest, complain: Say): Promise<readonly NamedTape[] | undefined> {
  const { file, as, session } = request;
  const files = as === 'server' ? tapesIn(file) : [file];
  const tapes: NamedTape[] = [];
  for (const name of files) {
    const tape = await replayTape(readTape(name), as === 'server' ? 'server' : 'client', session);
    if ('problem' in tape) {
      complain(`${name}:${tape.line}: ${tape.problem}\n`);
      return undefined;
    }
    for (const { line, text } of tape.notes) complain(`${name}:${line}: ${printable(text)}\n`);
    if (tape.hidden > 0) complain(`${name}: ${hiddenText(tape.hidden, request)}\n`);
    if (tape.conversations.length > 0) tapes.push({ ...tape, file: name });
  }
  if (tapes.length > 0) return tapes.sort((one, other) => one.header.wallTime - other.header.wallTime);
  complain(`${file}: ${session === undefined ? 'nothing is said here' : `there is no session ${session} here`}\n`);
  return undefined;
}

/** A folder is all tapes in it. */
function tapesIn(place: string): readonly string[] {
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) return [place];
  return readdirSync(place)
    .filter((name) => /\.jsonl(\.gz)?$/.test(name))
    .map((name) => join(place, name));
}

const holdMs = 60_000;

function stageOf(
  say: Say,
  complain: Say,
): { readonly people: People; readonly stage: ReplayStage & { readonly log: HeldLog } } {
  const clock = systemClock();
  const people = new People(process.stderr);
  const log = new HeldLog('error', clock, async (level, wallTime) => {
    const { openLog } = await import('./log.ts');
    return openLog(level, people, wallTime);
  });
  const onStderr = (line: string): void => log.inTurn(() => people.write(serverLine(line, people)));
  return { people, stage: { clock, log, say, complain, onStderr } };
}

async function play(request: ReplayRequest, tapes: readonly NamedTape[], stage: ReplayStage): Promise<number> {
  if (request.as === 'server') {
    const { replayAsServer } = await import('./tape-replay-server.ts');
    return replayAsServer(request, tapes, stage);
  }
  const conversations = tapes.flatMap((tape) => tape.conversations);
  if (request.as === 'exchange') {
    const { replayExchange } = await import('./tape-replay-exchange.ts');
    return replayExchange(request, conversations, stage);
  }
  // A client is one: of several sessions somebody has to say which.
  const [conversation, ...others] = conversations;
  if (conversation === undefined || others.length > 0) {
    const numbers = conversations.map(({ session }) => session).join(', ');
    stage.complain(
      `${request.file}: it has ${counted(conversations.length, 'session')}: say --session with one of ${numbers}\n`,
    );
    return exitCodes.usage;
  }
  if (request.as === 'fork') {
    const { replayFork } = await import('./tape-replay-fork.ts');
    return replayFork(request, conversation, stage);
  }
  const { replayAsClient } = await import('./tape-replay-client.ts');
  return replayAsClient(request, conversation, stage);
}

function hiddenText(hidden: number, { as }: ReplayRequest): string {
  const what = `${counted(hidden, 'message')} with hidden parts:`;
  return as === 'server'
    ? `${what} in requests they match anything, in answers they are sent as [redacted]`
    : `${what} what is hidden of the client is sent as [redacted], and of the server it matches anything`;
}
