/** docs/reference/local-errors.md: the table of src/local-error.ts, and who throws what. */

import { type LocalErrorCode, localErrorTable } from '../../src/local-error.ts';
import { code, fenced, generatedFrom, table } from './markdown.ts';

const thrown: Readonly<Record<LocalErrorCode, readonly [by: string, when: string]>> = {
  ABORTED: ['`createRuntime`, `open`, `openSession`', 'The signal was aborted before the call.'],
  INVALID_SNAPSHOT: ['`readSnapshot`', 'What was given is no snapshot, or one of a version that is not known.'],
  INVALID_MESSAGE: ['`receive`', 'What was handed over is no Uint8Array.'],
  SESSION_REFUSED: [
    '`openSession`',
    'The runtime is full, or drains. `cause` is the refusal that `runtime.open` returns as a value.',
  ],
  NOT_STARTED: [
    '`sdkTransport`, `wrapTransport`',
    'Something was sent, or its session asked for, before the transport was started.',
  ],
  ALREADY_CLOSED: ['`wrapTransport`', 'Something was sent after the transport was closed.'],
  ALREADY_STARTED: ['`start` of an adapter', 'The adapter has a session already.'],
  INVALID_OPTION: [
    '`createRuntime`, `open`, `setLimits`, `setTimes`, `createFetchHandler`, `observations`, `webStreams`, `nodeStreams`',
    'An option has a value that it cannot have, or a name that nothing has. Nothing was changed.',
  ],
  STREAM_UNUSABLE: [
    '`webStreams`, `nodeStreams`',
    'A stream is locked, over, read by somebody else, or gives something other than bytes. What it gives later is told to `onError`.',
  ],
  BODY_TAKEN: ['`fetch` of a handler, `nodeListener`', 'The body of the request was read before it was handed over.'],
};

/** @param example how they are told apart, as a compiled example. */
export function localErrorsPage(example: string): string {
  const rows = Object.entries(localErrorTable) as [LocalErrorCode, string][];
  return [
    generatedFrom('src/local-error.ts', 'test/docs/refused.example.ts'),
    '# Local errors',
    `What is thrown at the program that embeds the runtime. These never cross the wire; what peers are told is in [errors in our
own name](errors.md). A \`LocalError\` has a \`code\` for programs, and a message that says what happened and what to do about it.
When one is thrown, nothing has changed: no session was opened and none is in another state.`,
    table(
      ['`code`', 'thrown by', 'when', 'what to do'],
      rows.map(([name, fix]) => [code(name), ...thrown[name], fix]),
    ),
    'One of them is worth catching, because it can happen to a program without a mistake: a session that is refused.',
    fenced('ts', example),
    `What a program hands in may throw as well. An observer, an interceptor, a tag rule, \`onEnded\` or a link that throws harms no
session: it is logged, and the frame of an interceptor that threw is answered with \`INTERCEPTOR_FAILED\`.`,
  ].join('\n\n');
}
