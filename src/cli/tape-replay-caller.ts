/** The client on our own standard input and output, to whom a tape is played or who goes on from one: messages in and out. */

import type { MessageValue } from '../record/replay-conversation.ts';
import { ownMessage } from '../session/effects.ts';
import { defaultLimits } from '../session/limits.ts';
import { openStandardStreams, openStdioFront } from '../transports/stdio.ts';
import { messageIn } from './tape-replay-upstream.ts';

export interface CallerOptions {
  /** `message` is undefined where the bytes are none. */
  readonly onMessage: (bytes: Uint8Array, message: MessageValue | undefined) => void;
  readonly onDrained?: () => void;
  /** It says nothing more, or hears nothing more. */
  readonly onClosed: () => void;
}

export interface Caller {
  /** False: it reads too slowly, and `onDrained` says when to go on. */
  send(bytes: Uint8Array): boolean;
  /** Resolves when everything is written, or never will be. */
  close(): Promise<void>;
}

export function openCaller({ onMessage, onDrained, onClosed }: CallerOptions): Caller {
  const take = (bytes: Uint8Array): void => onMessage(bytes, messageIn(bytes));
  const front = openStdioFront({
    ...openStandardStreams(),
    lineBytesMax: defaultLimits.frameBytesMax,
    onMessage: take,
    onOversize: () => onMessage(new Uint8Array(), undefined),
    onPartial: take,
    onDrained: () => onDrained?.(),
    onClosed: () => onClosed(),
  });
  return {
    // On a pair of streams it does not matter what a message is.
    send: (bytes) => front.write([bytes], ownMessage('server-to-client', bytes, 'notification', undefined, 0)),
    close: async () => {
      front.close('it is over');
      await front.flush();
    },
  };
}
