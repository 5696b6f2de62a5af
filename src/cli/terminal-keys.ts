/** The keys that a person presses, one after the other, from a terminal that gives each at once. */

import { emitKeypressEvents } from 'node:readline';
import { on } from 'node:events';

/** Undefined where nobody could press any, or would see what comes of it. Ctrl-C, Ctrl-D and Escape are `q`. */
export function terminalKeys(
  input: NodeJS.ReadStream,
  output: { readonly isTTY?: boolean },
): AsyncIterable<string> | undefined {
  return input.isTTY && output.isTTY === true ? keysOf(input) : undefined;
}

async function* keysOf(input: NodeJS.ReadStream): AsyncGenerator<string, void> {
  emitKeypressEvents(input);
  input.setRawMode(true);
  input.resume();
  try {
    for await (const [text, key] of on(input, 'keypress', { close: ['end'] }) as AsyncIterable<
      [string | undefined, { readonly name?: string; readonly ctrl?: boolean }]
    >) {
      const isEnd = key.name === 'escape' || (key.ctrl === true && (key.name === 'c' || key.name === 'd'));
      yield isEnd ? 'q' : key.name === 'left' || key.name === 'right' ? key.name : (text ?? '');
    }
  } finally {
    input.setRawMode(false);
    input.pause();
  }
}
