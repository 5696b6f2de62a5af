/** Plays the client of a tape to a server, and reports in what it differs from the server of the tape. */

import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemReason } from '../reasons.ts';
import { ClientReplay } from '../record/replay-client.ts';
import type { Conversation, MessageValue } from '../record/replay-conversation.ts';
import { divergencesOf } from '../record/replay-divergence.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { whileItRuns } from './interrupted.ts';
import type { ReplayClientRequest, ToServer } from './tape-replay.ts';
import { type ReplayReport, isSame, jsonReport, junitOf, textReport } from './tape-replay-report.ts';
import type { ReplayStage } from './tape-replay-stage.ts';
import { type ReplayUpstream, bytesOf, openReplayUpstream } from './tape-replay-upstream.ts';

/** How a play went. */
export interface Played {
  readonly replay: ClientReplay;
  /** Of a server that could not be started. */
  readonly exitCode: number | undefined;
}

/**
 * Resolves when everything is said and heard, and the server is gone.
 * @param onMessage sees every message of the server; `isLast`: everything was said before it came.
 */
export async function playClient(
  request: ToServer,
  conversation: Conversation,
  { clock, log, onStderr }: ReplayStage,
  options: {
    readonly awaitsNotifications: boolean;
    readonly onMessage?: (message: MessageValue, isLast: boolean) => void;
  },
): Promise<Played> {
  const { server, record, pace, waitMs } = request;
  const upstream: ReplayUpstream = await openReplayUpstream({
    server,
    ...(record === undefined ? {} : { record }),
    clock,
    log,
    onStderr,
    onMessage: (_bytes, message) => {
      if (message === undefined) return;
      options.onMessage?.(message, replay.heard.unsaid.length === 0);
      replay.receive(message);
    },
  });
  const replay = new ClientReplay({
    conversation,
    send: (message) => upstream.send(bytesOf(message)),
    onDone: () => upstream.end(),
    clock,
    pace,
    waitMs,
    awaitsNotifications: options.awaitsNotifications,
  });
  const forget = whileItRuns(
    () => replay.end(),
    () => upstream.kill(),
  );
  replay.begin();
  const { reason, exit } = await upstream.ended;
  replay.end();
  forget();
  return { replay, exitCode: exit?.spawnError === undefined ? undefined : exitCodeOf(reason, exit, false) };
}

/** The exit code. */
export async function replayAsClient(
  request: ReplayClientRequest,
  conversation: Conversation,
  stage: ReplayStage,
): Promise<number> {
  const { file, ignored, json, junit } = request;
  const { clock } = stage;
  const [beganAt, from] = [clock.wallTime(), clock.now()];
  const { replay, exitCode } = await playClient(request, conversation, stage, { awaitsNotifications: true });
  if (exitCode !== undefined) return exitCode;
  const ran = { beganAt, elapsedMs: clock.now() - from };
  const { heard } = replay;
  const report: ReplayReport = {
    file,
    conversation,
    heard,
    divergences: divergencesOf(conversation, heard, { ignored }),
  };
  stage.say(json ? jsonReport(report) : textReport(report));
  if (junit !== undefined) {
    try {
      writeFileSync(junit, junitOf(report, ran, hostname()));
    } catch (error) {
      stage.complain(`${junit} cannot be written: ${systemReason(error)}\n`);
      return exitCodes.sessionFailed;
    }
  }
  return isSame(report) ? exitCodes.ok : exitCodes.sessionFailed;
}
