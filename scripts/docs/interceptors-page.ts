/** docs/reference/interceptors.md: the contract of interceptors, with an example that is compiled and run. */

import type { InterceptAction, InterceptContext, SessionMetadata } from '../../src/index.ts';
import { defaultTimes } from '../../src/session/limits.ts';
import { code, fenced, generatedFrom, spokenMs, table } from './markdown.ts';

const context: Readonly<Record<keyof InterceptContext, string>> = {
  kind: '`request`, `notification` or `response`. Reading it does not parse the message.',
  method: 'The method of a request or notification, empty for a response. Reading it does not parse the message.',
  name: 'What a request names: the tool of `tools/call`, the prompt of `prompts/get`; empty without a text in `params.name`. Reading it does not parse the message, unless the message says it more than once.',
  message: 'The message, parsed when it is first read.',
  bytes: 'Size of the frame.',
  direction: '`client-to-server` or `server-to-client`.',
  sessionId: 'The session that the frame belongs to.',
  transportType: 'What the client is connected by: `stdio`, `in-memory`, and in later versions others.',
  frameId: 'The number of the frame in its session, from 1.',
  timestamp: 'Milliseconds since 1970.',
  metadata: 'The session around the frame; see below.',
  claims:
    'What the token says that the HTTP exchange came with, as its door has verified it; of what a server sends and on a connection, the one that the session was opened with. Empty where there is none.',
  header: 'A function: a header of the HTTP exchange that brought the frame, by its name in lower case.',
};

const metadata: Readonly<Record<keyof SessionMetadata, string>> = {
  frame_count: 'Frames before this one.',
  session_duration_ms: 'Age of the session.',
  session_tags: 'Its [tags](tags.md) and labels.',
  session_state: 'Its [state](states-and-outcomes.md).',
  pending_count: 'Requests that wait for an answer, both directions together.',
  protocol_version: 'The negotiated revision, once there is one.',
  client_name: 'What the client calls itself, once it has said so.',
  server_name: 'What the server calls itself, once it has said so.',
  principal: 'Who the client is, where the embedding code knows it.',
  route: 'The route that the session came in by, where there is one.',
};

interface Verdict {
  readonly fields: string;
  readonly request: string;
  readonly notification: string;
  readonly response: string;
}

const verdicts: Readonly<Record<InterceptAction['action'], Verdict>> = {
  continue: { fields: '', request: 'goes on', notification: 'goes on', response: 'goes on' },
  modify: {
    fields: '`message`',
    request: 'goes on changed; kind and id must stay',
    notification: 'goes on changed',
    response: 'goes on changed; the id must stay',
  },
  block: {
    fields: '`code?`, `message?`',
    request: 'is refused with `BLOCKED`, or with the code and text given',
    notification: 'vanishes',
    response: 'is replaced by the refusal',
  },
  mock: {
    fields: '`result` or `error`',
    request: 'is answered; the peer never sees it',
    notification: 'fails: there is nothing to answer',
    response: 'gets this content instead',
  },
  delay: {
    fields: '`delayMs`, `scope?`',
    request: 'waits, and what follows in its direction waits behind it',
    notification: 'the same',
    response: 'the same',
  },
  pause: {
    fields: '`until`, `pauseMs`, `otherwise?`, `scope?`',
    request: 'waits in the same way until `until` says what to do, or for `pauseMs`',
    notification: 'the same',
    response: 'the same',
  },
  drop: {
    fields: '`fault?`',
    request: 'goes nowhere, and ends by its deadline',
    notification: 'vanishes',
    response: 'vanishes; its request waits on',
  },
  tag: {
    fields: '`labels`, `isSet?`',
    request: 'labels its session and goes on',
    notification: 'the same',
    response: 'the same',
  },
};

export function interceptorsPage(example: string): string {
  return [
    generatedFrom('src/session/interception.ts', 'test/docs/interceptor.example.ts'),
    '# Interceptors',
    `An interceptor is asked about every frame, in both directions, before the session decides on it. It returns an action and
never touches the session. Interceptors are handed to \`createRuntime\`; on the command line there are [rules](rules.md), and plugins with this contract.`,
    fenced('ts', example),
    '## What it is asked',
    table(['member', 'what it is'], entries(context)),
    `Nothing of this is computed before it is read. \`metadata\` describes the session as it stands before the frame:`,
    table(['member', 'what it is'], entries(metadata)),
    '## What it may answer',
    'Nothing at all means `continue`. A list of actions is done in order, until one of them ends the chain.',
    table(
      ['action', 'with', 'a request', 'a notification', 'a response'],
      Object.entries(verdicts).map(([action, verdict]) => [
        code(action),
        verdict.fields,
        verdict.request,
        verdict.notification,
        verdict.response,
      ]),
    ),
    `Interceptors are asked in the order in which they were given. \`block\`, \`mock\` and \`drop\` end the chain; delays add up;
labels are set whatever becomes of the frame; a modified message is what the next one sees. With \`scope: 'exchange'\` a frame
that waits holds up nobody. A \`pause\` is the last of a list: what is to be done afterwards is what \`until\` settles with.
A \`fault\` ends the session (\`close-session\`) or its server (\`kill-upstream\`) besides, to see how the peers take it.`,
    '## Rules',
    `- **It may answer later.** A promise holds the frame in its session, at most \`times.interceptorMs\` (${spokenMs(defaultTimes.interceptorMs)} by
  default). Held frames keep their order. Cancellations, pings and responses may pass them.
- **A pause has its own time.** \`times.interceptorMs\` does not count while it lasts; \`pauseMs\` does, and then \`otherwise\` is
  done, or nothing.
- **Its failures are its own.** What it throws, a promise that takes too long, and a value that is no action fail this frame
  with \`INTERCEPTOR_FAILED\`, and nothing else.
- **What was read is what is sent.** A message that an interceptor has parsed is forwarded as it was parsed, so that a
  duplicate key cannot mean one thing to the interceptor and another to the server. All other bytes pass untouched.
- **A held request is a request.** It counts against the limits, can be cancelled, and can run into its deadline.`,
  ].join('\n\n');
}

function entries(sentences: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  return Object.entries(sentences).map(([name, sentence]) => [code(name), sentence]);
}
