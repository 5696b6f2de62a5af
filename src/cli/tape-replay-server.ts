/**
 * Plays the server of a tape on standard input and output, to a client that has started us as its server. What the tape does not have
 * is answered with an error, ends us, or goes to a real server.
 */

import { counted } from '../counted.ts';
import { ownMember } from '../protocol/derive.ts';
import { type Miss, ServerReplay } from '../record/replay-server.ts';
import { openCaller } from './tape-replay-caller.ts';
import { exitCodes } from './exit-codes.ts';
import { whileItRuns } from './interrupted.ts';
import type { ReplayServerRequest } from './tape-replay.ts';
import { RealServer } from './tape-replay-real-server.ts';
import type { NamedTape, ReplayStage } from './tape-replay-stage.ts';
import { bytesOf, openReplayUpstream } from './tape-replay-upstream.ts';
import { printable } from './terminal.ts';

/** Resolves with the exit code when the client has closed its side and everything is said to it. */
export async function replayAsServer(
  { file, pace, onMiss }: ReplayServerRequest,
  tapes: readonly NamedTape[],
  { clock, log, onStderr, complain }: ReplayStage,
): Promise<number> {
  const real =
    typeof onMiss === 'string'
      ? undefined
      : new RealServer({
          open: async (onMessage) => openReplayUpstream({ server: onMiss.forward, clock, log, onStderr, onMessage }),
          toClient: (bytes) => void caller.send(bytes),
        });
  let over = (_code: number): void => {};
  const isOver = new Promise<number>((resolve) => {
    over = resolve;
  });
  let isInputOver = false;
  const endWhenIdle = (): void => {
    if (isInputOver && replay.isIdle) over(exitCodes.ok);
  };
  const missed = ({ request, code, text }: Miss): void => {
    complain(`${file}: ${printable(text)}\n`);
    if (real !== undefined) real.ask(bytesOf(request), request);
    else {
      const error = { code, message: text };
      caller.send(bytesOf({ jsonrpc: '2.0', id: ownMember(request, 'id'), error }));
      if (onMiss === 'exit') over(exitCodes.sessionFailed);
    }
  };
  const replay = new ServerReplay({
    tapes,
    pace,
    clock,
    send: (message) => caller.send(bytesOf(message)),
    onMiss: missed,
    onIdle: () => endWhenIdle(),
  });
  const caller = openCaller({
    onMessage: (bytes, message) => {
      if (message === undefined) {
        complain(`${file}: what the client sent is no message, or too long\n`);
        return;
      }
      const method = ownMember(message, 'method');
      if (method === 'initialize') real?.note(message);
      const isTaken = replay.receive(message);
      const isRequest = method !== undefined && 'id' in message;
      const isOurs = isRequest || (method === undefined && isTaken);
      if (!isOurs) real?.tell(bytes, message);
    },
    onClosed: () => {
      isInputOver = true;
      endWhenIdle();
    },
  });
  const forget = whileItRuns(
    () => over(exitCodes.ok),
    () => real?.kill(),
  );
  replay.begin();
  const code = await isOver;
  await real?.end();
  await caller.close();
  forget();
  const { answered, missed: misses, left } = replay;
  const notAsked = left.length === 0 ? '' : `, ${counted(left.length, 'request')} of the tape not asked`;
  complain(`${file}: ${counted(answered, 'answer')} from the tape, ${misses} not on it${notAsked}\n`);
  return code;
}
