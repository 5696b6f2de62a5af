/** docs/reference/limits.md: every limit and every time, its default, and how to change it. */

import { type Limits, type Times, connectionTimes, defaultLimits, defaultTimes } from '../../src/session/limits.ts';
import { defaultReadLimits } from '../../src/protocol/read.ts';
import { defaultRestartPolicy } from '../../src/session/upstream.ts';
import { flagOf, frontFlagNames } from '../../src/cli/front-flags.ts';
import {
  type HttpLimits,
  type HttpTimes,
  defaultHttpLimits,
  defaultHttpTimes,
} from '../../src/transports/http-front-options.ts';
import { defaultStopLadder } from '../../src/transports/child-stop-ladder.ts';
import { tagLimitNames, tagTimeNames } from '../../src/session/tag-settings.ts';
import { code, codes, generatedFrom, spokenBytes, spokenMs, table } from './markdown.ts';

const limitSentences: Readonly<Record<keyof Limits, string>> = {
  pendingPerSession: 'Requests of the client that wait for an answer in one session. One more is refused.',
  pendingTotal: 'The same over all sessions; in a cluster over those of all nodes together.',
  pendingSoftRatio: 'Part of `pendingPerSession` above which a session is tagged `saturated`, by all that waits in it.',
  reservedPerSession:
    'Waiting handshakes, pings and shutdowns of one session; they do not draw on `pendingPerSession`.',
  reservedTotal: 'The same over all sessions.',
  listensPerSession: 'Open `subscriptions/listen` requests of one session.',
  listensTotal: 'The same over all sessions.',
  questionsPerSession: 'Requests of the server that wait for an answer in one session, whatever they ask.',
  questionsTotal: 'The same over all sessions.',
  sessions: 'Open sessions. One more takes the place of a quiet one, or is refused.',
  sessionsPerPrincipalRatio: 'Part of `sessions` that one principal may hold.',
  frameBytesMax: 'Size of one message.',
  bufferPauseBytes: 'Bytes that wait for a slow reader, from which whoever fills its buffer is no longer read.',
  bufferBytesMax:
    'Bytes that wait for a slow reader, above which a request is refused, and any other message ends the session.',
  bufferBytesTotal:
    'Bytes that wait in all sessions together: for slow readers, in either direction, for interceptors and for servers. From half of it on, whoever fills a buffer is no longer read when that holds 64 KiB; above it, a message that would have to wait finds no room in a buffer that holds more than that.',
  tombstonesPerSession: 'Ended requests that are remembered, to tell a late answer from one that nobody asked for.',
  heldFramesPerSession: 'Frames that wait in a session for an interceptor, a delay or the server.',
  heldBytesPerSession: 'Their size together.',
  tasksPerSession: 'Tasks that are not over and whose progress tokens stay valid; the oldest is forgotten first.',
  replayedSubscriptionsMax: 'Subscriptions that are repeated to a server that came back.',
  labelsPerSession: 'Labels that are set on a session at once. One more is not set, counted and logged.',
  labelCharactersMax: 'Length of a label. A longer one is not set, counted and logged.',
};

const timeSentences: Readonly<Record<keyof Times, string>> = {
  initializeMs: 'From the `initialize` request to its answer.',
  requestIdleMs: 'For a request of the client: time without an answer and without progress.',
  requestAbsoluteMs: 'For a request of either side: time to its answer, whatever the progress.',
  pingMs: 'From a `ping` to its answer.',
  sessionIdleMs: 'Time without a frame, a waiting request or an open stream, after which a session ends.',
  sessionAgeMs: 'Time after which a session ends in any case.',
  drainMs: 'Time for what is under way when a session takes no new requests.',
  recoveryMs: 'Time for a lost server to come back.',
  interceptorMs: 'Time for an interceptor that decides later.',
  halfOpenMs: 'Time that a session has for its handshake before it may have to make room for another.',
};

const frontLimitSentences: Readonly<Record<keyof HttpLimits, string>> = {
  connectionsMax:
    'Open connections. A few more are told to come later (`TOO_MANY_CONNECTIONS`), any others are closed.',
  headerBytesMax: 'Size of all headers of a request together.',
  pipelinedMax: 'Requests that one connection may have under way.',
  replayEventsMax: 'Events of one session that are kept for a client that comes back.',
  replayBytesMax: 'Their size together.',
  replayTotalBytesMax: 'The same over all sessions.',
};

const frontTimeSentences: Readonly<Record<keyof HttpTimes, string>> = {
  headersMs: 'For a client to send the headers of a request.',
  requestMs: 'For a client to send the whole of a request.',
  keepAliveMs: 'Time that a connection without requests stays open.',
  heartbeatMs: 'The longest that a stream is silent.',
  streamAfterMs: 'Time after which a request that waits is answered in a stream, which a client may resume.',
  standaloneGraceMs: 'Time that a question of the server waits for the client to open a stream.',
  resumableMs: 'Time that what was said on a stream that ended is kept for a client that did not hear it all.',
  retryMs: 'What clients are told about when to come back to a stream that broke off.',
  patienceMs: 'Time that a client may take nothing of what waits for it, before it is cut off.',
};

/** What `forward stdio` offers as options, and the fronts that listen besides. */
const options: Readonly<Record<string, string>> = {
  pendingPerSession: '--pending-max',
  questionsPerSession: '--pending-max',
  frameBytesMax: '--frame-bytes-max',
  initializeMs: '--initialize-ms',
  requestIdleMs: '--request-idle-ms',
  requestAbsoluteMs: '--request-absolute-ms',
  drainMs: '--drain-ms',
  sessions: '--sessions-max',
  sessionIdleMs: '--session-idle-ms',
  sessionAgeMs: '--session-age-ms',
};

export function limitsPage(): string {
  const { restartsMax, withinMs, backoffMs } = defaultRestartPolicy;
  return [
    generatedFrom('src/session/limits.ts'),
    '# Limits and times',
    `Everything that can grow has a limit. Those who embed the runtime set them in \`createRuntime({ limits, times })\`; the
command line has options for some. \`Infinity\` switches a limit off. A refusal says which limit was reached
(see [errors](errors.md)). \`Runtime.setLimits\` and \`Runtime.setTimes\` change them while sessions are open, and say what of it
holds for those.`,
    '## Limits',
    table(
      ['name', 'default', 'option', 'what it limits'],
      Object.entries(defaultLimits).map(([name, value]: [string, number]) => [
        code(name),
        name.includes('Bytes') ? spokenBytes(value) : String(value),
        optionOf(name),
        limitSentences[name as keyof Limits],
      ]),
    ),
    '## Times',
    table(
      ['name', 'default', 'option', 'what it limits'],
      Object.entries(defaultTimes).map(([name, value]: [string, number]) => [
        code(name),
        `${value} (${spokenMs(value)})`,
        optionOf(name),
        timeSentences[name as keyof Times],
      ]),
    ),
    `${Object.keys(connectionTimes).map(code).join(' and ')} are off for sessions that end with their connection (stdio), unless
they are set. In the file of a gateway, and with \`createRuntime({ tagSettings })\`, sessions have others while a tag holds on them:
${codes([...tagLimitNames, ...tagTimeNames])}. The times of single methods are set by a [profile](profiles.md). A deadline is noticed up to 100 ms late.`,
    '## Reading messages',
    table(
      ['name', 'default', 'what it limits'],
      [
        [code('idBytesMax'), spokenBytes(defaultReadLimits.idBytesMax), 'Size of an id or progress token.'],
        [code('depthMax'), String(defaultReadLimits.depthMax), 'Nesting of one message.'],
        [code('batchItemsMax'), String(defaultReadLimits.batchItemsMax), 'Messages in one batch.'],
      ],
    ),
    '## Connections and streams',
    `Of \`forward http\`, \`forward ws\` where it has the option too, and a gateway, in whose file they stand under \`front\`.`,
    table(
      ['name', 'default', 'option', 'what it limits'],
      [
        ...Object.entries(defaultHttpLimits).map(([name, value]: [string, number]) => [
          code(name),
          name.includes('Bytes') ? spokenBytes(value) : String(value),
          frontOptionOf(name),
          frontLimitSentences[name as keyof HttpLimits],
        ]),
        ...Object.entries(defaultHttpTimes).map(([name, value]: [string, number]) => [
          code(name),
          `${value} (${spokenMs(value)})`,
          frontOptionOf(name),
          frontTimeSentences[name as keyof HttpTimes],
        ]),
      ],
    ),
    '## Servers that are started',
    `A server that went away is started again at most ${restartsMax} times in ${spokenMs(withinMs)}; the first restart waits
${spokenMs(backoffMs)}, and each further one twice as long as the one before. A server is stopped by the end of its input, after
${spokenMs(defaultStopLadder.eofMs)} by SIGTERM to its whole process group, and after another
${spokenMs(defaultStopLadder.termMs)} by SIGKILL.`,
  ].join('\n\n');
}

function frontOptionOf(name: string): string {
  const option = frontFlagNames.find((flag) => flag === name);
  return option === undefined ? '' : code(`--${flagOf(option)}`);
}

function optionOf(name: string): string {
  const option = options[name];
  return option === undefined ? '' : code(option);
}
