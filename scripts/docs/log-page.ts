/** docs/reference/log.md: the lines on stderr, with one that a session really wrote. */

import { Writable } from 'node:stream';
import { openLog } from '../../src/cli/log.ts';
import type { PeerLink } from '../../src/ports.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { logTexts } from './log-texts.ts';
import { code, codes, fenced, generatedFrom, table } from './markdown.ts';

/** The members of a trace line. The page is not written when a line has other ones. */
const fields: Readonly<Record<string, string>> = {
  level: '`trace`',
  time: 'When it was written, UTC.',
  session: 'The session, as in every line about one.',
  event: 'What happened; see [events](events.md).',
  direction: 'Where the frame was going.',
  id: 'The id of a request or response, with its JSON type.',
  method: 'The method of a request or notification.',
  bytes: 'The size of the message.',
  interceptors: 'What each interceptor decided, where there are any.',
  frameId: 'The number of the frame in its session.',
  state: 'The [state](states-and-outcomes.md) after the event.',
  effects: 'What the commit asked of the world, in order.',
  settled: 'Requests that ended with this event, each with its [outcome](states-and-outcomes.md).',
  metadata: 'The session after the event, under the names that [interceptors](interceptors.md) know.',
  message: 'For people. Its words may change in any version.',
};

export function logPage(): string {
  const [request, response] = tracedCall();
  const strange = Object.keys({ ...request, ...response }).filter((name) => fields[name] === undefined);
  if (strange.length > 0) throw new Error(`docs/reference/log.md does not explain ${strange.join(', ')}`);
  return [
    generatedFrom('scripts/docs/log-page.ts, the calls in src/, and with a line that the code wrote'),
    '# Log lines',
    `\`forward stdio\` writes protocol bytes to stdout and nothing else; everything for people goes to stderr. Where stderr is a
terminal, lines are short and coloured; elsewhere each is one JSON object. Lines that begin with \`[server]\` are the server's
own stderr, passed on as it is said. What nobody reads is dropped above 1 MiB, and its place is marked with a line that
begins with \`[ninelives]\`: a session never waits for the reader of its log.`,
    table(
      ['`--log-level`', 'what is said'],
      [
        [code('error'), 'Defects and what failed on a rule or an interceptor of your own: something for you to do.'],
        [
          code('warn'),
          'Bytes that are no message, and responses that nobody waits for: the first 20 of each in a session. Frames that came after the end of their session: the first 20 of all. Labels that were not set. What a shared server says or asks that belongs to no session, sessions and connections that were refused, and what a server or a file is not as it should be.',
        ],
        [code('info'), 'A server started, a server exited, a session ended and why. The default.'],
        [code('debug'), 'Other events that came too late, and what is not allowed in the present state.'],
        [code('trace'), 'Every decision of every session.'],
        [code('silent'), 'Nothing.'],
      ],
    ),
    '## Every line',
    `All that is said above \`trace\`. Lines about one session name it in \`session\`. Of what a peer can cause in floods the first
20 of a kind are written, the last of them with \`(further ones are only counted)\`. What a [rule](rules.md) logs has the words and the level that the rule says.`,
    table(
      ['level', 'text', 'members'],
      ['error', 'warn', 'info', 'debug'].flatMap((level) =>
        logTexts()
          .filter((each) => each.level === level)
          .map(({ text, members }) => [code(level), text, codes(members)]),
      ),
    ),
    '## Trace lines',
    `These two were written for a \`tools/call\` and its answer in a session in which the handshake was over (each on one line; here
they are broken up for reading). Bodies of messages are never logged.`,
    fenced('json', JSON.stringify(request, null, 2)),
    fenced('json', JSON.stringify(response, null, 2)),
    table(
      ['member', 'what it says'],
      Object.entries(fields).map(([name, sentence]) => [code(name), sentence]),
    ),
    `Members that have nothing to say are left out. When a session has ended, one more line, \`session life\`, carries its last
snapshot: counters, time spent in each state, transitions.`,
  ].join('\n\n');
}

type Line = Readonly<Record<string, unknown>>;

/** Plays a handshake and a call through a session, and gives the lines about the request and the response. */
function tracedCall(): readonly [Line, Line] {
  const lines: Line[] = [];
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Line);
      done();
    },
  });
  const clock = new VirtualClock();
  const runtime = createRuntime({ ids: { sessionId: () => 'c0ffee' }, clock, log: openLog('trace', stderr) });
  const opened = runtime.open({ transportType: 'stdio', client: nowhere, server: nowhere });
  if ('refusal' in opened) throw new Error('A runtime without sessions refused its first one');
  const { client, server } = opened.session;
  const names = (role: string): object => ({ [`${role}Info`]: { name: `example-${role}`, version: '1' } });
  const protocolVersion = '2025-11-25';
  client.receive(
    message({ id: 0, method: 'initialize', params: { protocolVersion, capabilities: {}, ...names('client') } }),
  );
  server.receive(message({ id: 0, result: { protocolVersion, capabilities: {}, ...names('server') } }));
  client.receive(message({ method: 'notifications/initialized' }));
  clock.advance(1200);
  client.receive(message({ id: 1, method: 'tools/call', params: { name: 'echo', arguments: { message: 'hello' } } }));
  clock.advance(35);
  server.receive(message({ id: 1, result: { content: [{ type: 'text', text: 'Echo: hello' }] } }));
  const [request = {}, response = {}] = lines.slice(-2);
  return [
    { ...request, time: '2026-08-31T12:00:00.000Z' },
    { ...response, time: '2026-08-31T12:00:00.035Z' },
  ];
}

const nowhere: PeerLink = { write: () => true, pause: () => {}, close: () => {} };

function message(members: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ jsonrpc: '2.0', ...members }));
}
