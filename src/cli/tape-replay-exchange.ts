/** Says one request of a tape to a server, perhaps otherwise than it was said then, and shows what comes. */

import { ownMember } from '../protocol/derive.ts';
import type { Conversation } from '../record/replay-conversation.ts';
import { exchangeAt } from '../record/replay-exchange.ts';
import { exitCodes } from './exit-codes.ts';
import type { ReplayExchangeRequest } from './tape-replay.ts';
import { playClient } from './tape-replay-client.ts';
import type { ReplayStage } from './tape-replay-stage.ts';

/** The exit code: 0 for a result. */
export async function replayExchange(
  request: ReplayExchangeRequest,
  conversations: readonly Conversation[],
  stage: ReplayStage,
): Promise<number> {
  const { file, line, edits } = request;
  const plan = exchangeAt(conversations, line, edits);
  if (plan === undefined) {
    stage.complain(`${file}:${line}: here stands no request of a client, and no answer to one\n`);
    return exitCodes.usage;
  }
  const { replay, exitCode } = await playClient(request, plan.conversation, stage, {
    awaitsNotifications: false,
    onMessage: (message, isLast) => {
      if (isLast) stage.say(`${JSON.stringify(message)}\n`);
    },
  });
  const answer = replay.heard.answers.get(plan.request);
  if (exitCode !== undefined) return exitCode;
  if (answer === undefined) stage.complain(`${file}:${line}: no answer came\n`);
  return ownMember(answer, 'result') === undefined ? exitCodes.sessionFailed : exitCodes.ok;
}
