/**
 * A tape as something that can be played again: its conversations, and what is to be said of it before. What cannot be played is a
 * problem with the number of its line, found before anything is started.
 */

import type { TapePart } from './tape-parts.ts';
import { type Conversation, conversationsOf } from './replay-conversation.ts';
import { hasHidden } from './replay-hidden.ts';
import type { TapeHeader } from './tape-format.ts';
import type { TapeProblem } from './tape-lines.ts';
import { loadTape } from './tape-travel.ts';

export interface ReplayTape {
  readonly header: TapeHeader;
  readonly conversations: readonly Conversation[];
  /** What makes the tape less than it could be; it can be played all the same. */
  readonly notes: readonly ReplayNote[];
  /** Messages of which something is hidden. */
  readonly hidden: number;
}

export interface ReplayNote {
  /** Of the file. */
  readonly line: number;
  readonly text: string;
}

/**
 * A tape on which nothing is said has no conversations.
 * @param plays whose part is played: each message of this side has to be on the tape with its body.
 * @param session the one with this number alone.
 */
export async function replayTape(
  parts: AsyncIterable<TapePart>,
  plays: 'client' | 'server',
  session?: number,
): Promise<ReplayTape | TapeProblem> {
  const notes: ReplayNote[] = [];
  const tape = await loadTape(noting(parts, notes));
  if (!('header' in tape)) return tape;
  if (tape.problem !== undefined) return tape.problem;
  const { header } = tape;
  if (header.continues !== undefined) {
    notes.unshift({ line: 1, text: `what was said before is on ${header.continues}, and is not played` });
  }
  const all = conversationsOf(tape);
  const conversations = all.filter(
    (conversation) => conversation.messages.length > 0 && (session === undefined || conversation.session === session),
  );
  const messages = conversations.flatMap((conversation) => conversation.messages);
  // To be found a request needs its params, and to be said a message needs its text.
  const missing = messages.find(
    ({ from, kind, message }) =>
      message === undefined && (from === plays || (plays === 'server' && kind === 'request')),
  );
  if (missing !== undefined) {
    const what = `${missing.kind === 'response' ? 'the answer to ' : ''}${missing.method}`;
    return {
      line: missing.line,
      problem: `${what} was too long to be kept: record with a larger --record-body-bytes-max to play it`,
    };
  }
  return { header, conversations, notes, hidden: messages.filter(({ message }) => hasHidden(message)).length };
}

async function* noting(parts: AsyncIterable<TapePart>, notes: ReplayNote[]): AsyncGenerator<TapePart, void> {
  for await (const part of parts) {
    if (part.type === 'cut-off') notes.push({ line: part.line, text: 'the last line is cut off and is left out' });
    if (part.type === 'altered') {
      notes.push({ line: part.line, text: 'the digest is another one: lines were changed, or are missing' });
    }
    if (part.type === 'line' && part.line.event === 'tape.gap') {
      notes.push({
        line: part.number,
        text: `${part.line.dropped} lines are missing: they could not be written in time`,
      });
    }
    yield part;
  }
}
