/**
 * Plays the client of a tape as far as a line, to a server of its own; then whoever is on our standard input and output goes on with
 * that server from there.
 */

import { counted } from '../counted.ts';
import { ownMember } from '../protocol/derive.ts';
import { ClientReplay, type Heard } from '../record/replay-client.ts';
import { type Conversation, type MessageValue, untilLine } from '../record/replay-conversation.ts';
import { divergencesOf } from '../record/replay-divergence.ts';
import { Handover, idOfPrefix } from '../record/replay-handover.ts';
import { type Caller, openCaller } from './tape-replay-caller.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { whileItRuns } from './interrupted.ts';
import type { Say } from './run-tape.ts';
import type { ReplayForkRequest } from './tape-replay.ts';
import { divergenceText } from './tape-replay-report.ts';
import type { ReplayStage } from './tape-replay-stage.ts';
import { bytesOf, openReplayUpstream } from './tape-replay-upstream.ts';
import { printable } from './terminal.ts';

/** Resolves with the exit code, which is the server's own, when the client has closed its side and the server is gone. */
export async function replayFork(
  request: ReplayForkRequest,
  conversation: Conversation,
  { clock, log, onStderr, complain }: ReplayStage,
): Promise<number> {
  const { file, until, server, record, pace, waitMs } = request;
  const prefix = untilLine(conversation, until);
  if (prefix.messages.length === 0) {
    complain(`${file}:${until}: nothing is said up to here\n`);
    return exitCodes.usage;
  }
  let handover: Handover | undefined;
  let caller: Caller | undefined;
  let wasAskedToStop = false;
  /** What the server asked, and the client of the tape had not answered by then. */
  const asks: MessageValue[] = [];
  const upstream = await openReplayUpstream({
    server,
    ...(record === undefined ? {} : { record }),
    clock,
    log,
    onStderr,
    onMessage: (bytes, message) => {
      if (handover !== undefined) handover.fromServer(bytes, message);
      else if (message !== undefined) replay.receive(message);
    },
  });
  const handOver = (): void => {
    const { heard } = replay;
    sayHowFar(request, prefix, heard, complain);
    handover = new Handover({
      welcome: welcomeIn(heard),
      isInitialized: prefix.messages.some(({ method }) => method === 'notifications/initialized'),
      toClient: (bytes) => {
        if (caller?.send(bytes) === false) upstream.pause(true);
      },
      toServer: (bytes) => upstream.send(bytes),
      encode: bytesOf,
    });
    for (const ask of asks) handover.fromServer(bytesOf(ask), ask);
    const taker = handover;
    caller = openCaller({
      onMessage: (bytes, message) => taker.fromClient(bytes, message),
      onDrained: () => upstream.pause(false),
      onClosed: () => upstream.end(),
    });
  };
  const replay = new ClientReplay({
    conversation: prefix,
    send: (message) => upstream.send(bytesOf(message)),
    onDone: handOver,
    onUnanswered: (ask) => asks.push(ask),
    clock,
    pace,
    waitMs,
    idOf: idOfPrefix,
  });
  const leave = (): void => {
    if (wasAskedToStop) upstream.kill();
    wasAskedToStop = true;
    upstream.drain();
  };
  const forget = whileItRuns(leave, () => upstream.kill());
  replay.begin();
  const { reason, exit } = await upstream.ended;
  await caller?.close();
  forget();
  return exitCodeOf(reason, exit, wasAskedToStop);
}

/** What the server says of itself, where it was asked. */
function welcomeIn({ answers }: Heard): unknown {
  for (const [{ method }, answer] of answers) if (method === 'initialize') return ownMember(answer, 'result');
  return undefined;
}

function sayHowFar({ file, until }: ReplayForkRequest, prefix: Conversation, heard: Heard, complain: Say): void {
  for (const divergence of divergencesOf(prefix, heard)) {
    complain(`${file}:${divergence.line ?? until}: ${printable(divergenceText(divergence))}\n`);
  }
  complain(`${file}:${until}: ${counted(heard.answers.size, 'answer')} heard; go on from here\n`);
}
