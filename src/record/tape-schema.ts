/**
 * What the lines of a tape may say: the JSON Schema for others is made from this, and what is wrong with a line is found by this.
 * Members that are not known are left behind, since a later release may have added them.
 */

import { z } from 'zod';
import { type ErrorCode, errorTable } from '../errors.ts';
import type { FaultKind, ReadFault } from '../protocol/faults.ts';
import { sessionEventTypes } from '../session/events.ts';
import { outcomes, sessionStates } from '../session/outcomes.ts';
import { transportTypes } from '../session/transport-types.ts';
import type { SpelledEvent } from './spelled-out.ts';
import type {
  ClosedLine,
  EndedLine,
  GapLine,
  OpenedLine,
  SettingsLine,
  TapeHeader,
  TapeLine,
  TapedVerdict,
} from './tape-format.ts';

/** Those that can be read; the last of them is written. */
export const tapeVersions = [1, 2] as const satisfies readonly TapeHeader['tape'][];

const count = z.number().int().min(0);
/** Any sum of these is a time that JavaScript can write. */
export const msMax = 2e15;
const time = z.number().min(-msMax).max(msMax);
const ms = time.describe('Milliseconds on the clock of the header.');
const requestId = z.union([z.string(), z.number()]);
const direction = z.enum(['client-to-server', 'server-to-client']);
const kind = z.enum(['request', 'notification', 'response']);
const state = z.enum(sessionStates);
const yes = z.literal(true);
const line = { seq: count.describe('Grows with every line after the header.'), at: ms };
const session = count.describe('The number of the session on this tape.');
const numbers = z.record(z.string(), z.number().nullable()).describe('What is switched off is null.');
const headers = z.array(z.tuple([z.string(), z.string()]));

export const headerSchema: z.ZodType<TapeHeader> = z.object({
  tape: z.literal(tapeVersions),
  ninelives: z.string().describe('The version that wrote it.'),
  chart: z.string().describe("A digest of the session's chart."),
  process: z.object({ command: z.string(), server: z.string() }).exactOptional(),
  now: ms,
  wallTime: time.describe('Milliseconds since 1970 when the clock showed `now`.'),
  bodies: z.object({ redacted: z.boolean(), bytesMax: z.number() }),
  continues: z.string().exactOptional().describe('The tape before this one, whose sessions go on here.'),
});

const settings: z.ZodType<SettingsLine> = z.object({
  ...line,
  event: z.literal('settings'),
  settings: count,
  ledger: count.describe('Sessions with the same number share their process-wide limits.'),
  limits: numbers,
  times: numbers,
});

const methodTimes = z.object({
  idleMs: z.number().nullable().exactOptional(),
  absoluteMs: z.number().nullable().exactOptional(),
});

const opened: z.ZodType<OpenedLine> = z.object({
  ...line,
  event: z.literal('session.opened'),
  session,
  id: z.string().describe("The beginning of the session's id; the whole of it would let others in."),
  settings: count,
  transportType: z.enum(transportTypes),
  principal: z.string().exactOptional(),
  route: z.string().exactOptional(),
  profile: z.object({
    name: z.string(),
    description: z.string(),
    shutdownMethods: z.array(z.string()),
    batches: z.enum(['by-revision', 'always', 'never']),
    lateProgress: z.enum(['swallow', 'forward']),
    methodTimes: z.record(z.string(), methodTimes),
  }),
  hasExchanges: yes.exactOptional(),
  idBase: z.number().exactOptional(),
});

const ended: z.ZodType<EndedLine> = z.object({
  ...line,
  event: z.literal('session.ended'),
  session,
  reason: z.string(),
});
const gap: z.ZodType<GapLine> = z.object({ ...line, event: z.literal('tape.gap'), dropped: count });
const closed: z.ZodType<ClosedLine> = z.object({
  ...line,
  event: z.literal('tape.closed'),
  lines: count,
  sessions: count,
  dropped: count,
  digest: z.string().describe('SHA-256 of every byte before this line.'),
});

const errorCode = z.string().refine((name): name is ErrorCode => Object.hasOwn(errorTable, name));
const actions = ['continue', 'modify', 'block', 'mock', 'delay', 'pause', 'drop', 'tag', 'failed'] as const;
const error = z.object({ code: z.number(), message: z.string(), data: z.unknown().exactOptional() });

const refusalData = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]));

const verdict: z.ZodType<TapedVerdict> = z.object({
  kind: z.enum(['forward', 'refuse', 'answer', 'drop']),
  steps: z.array(z.object({ interceptor: z.string(), action: z.enum(actions) })).exactOptional(),
  delayMs: z.number().exactOptional(),
  isAside: yes.exactOptional(),
  labels: z.array(z.object({ label: z.string(), isSet: z.boolean() })).exactOptional(),
  message: z.string().exactOptional().describe('The message that goes on instead.'),
  refusal: z
    .object({
      code: errorCode,
      message: z.string().exactOptional(),
      number: z.number().exactOptional(),
      data: refusalData,
    })
    .exactOptional(),
  answer: z.union([z.object({ result: z.unknown() }), z.object({ error })]).exactOptional(),
  fault: z.enum(['close-session', 'kill-upstream']).exactOptional(),
});

const faultKinds = [
  'not-json',
  'invalid-utf8',
  'not-an-object',
  'invalid-message',
  'invalid-id',
  'id-too-long',
  'too-deep',
  'frame-too-large',
  'empty-batch',
  'batch-too-large',
] as const satisfies readonly FaultKind[];

const readFault = z
  .object({
    fault: z.enum(faultKinds),
    reason: z.string(),
    expectsAnswer: z.boolean(),
    isAnswer: z.boolean(),
    idToken: z.string().exactOptional(),
  })
  .transform((fault): ReadFault => ({ idToken: undefined, ...fault }));

const lossReasons = ['exited', 'closed', 'spawn-failed', 'unreachable', 'connection-lost', 'session-lost'] as const;
const causes = ['buffer-full', 'peer-gone', 'nowhere', 'unsent', 'unanswered', 'internal-error'] as const;

const event: z.ZodType<SpelledEvent> = z.object({
  ...line,
  event: z.union([z.enum(sessionEventTypes), z.templateLiteral(['xstate.', z.string()])]),
  session,
  decision: z.enum(['committed', 'unexpected', 'rolled-back']).exactOptional(),
  from: state.exactOptional().describe('The state before, where it is another one.'),
  to: state,
  direction: direction.exactOptional(),
  kind: kind.exactOptional(),
  id: requestId.exactOptional(),
  method: z.string().exactOptional(),
  ticket: count.exactOptional().describe('The number of the frame in its session.'),
  bytes: count.exactOptional(),
  envelope: z
    .object({
      isError: yes.exactOptional(),
      progressToken: requestId.exactOptional(),
      cancels: requestId.exactOptional(),
      revisionClaim: z.string().exactOptional(),
      asksTask: yes.exactOptional(),
    })
    .exactOptional(),
  verdict: z.union([z.literal('awaited'), verdict]).exactOptional(),
  isAside: yes.exactOptional(),
  exchange: count.exactOptional(),
  params: headers.exactOptional(),
  viaRequest: count.exactOptional(),
  viaStatus: count.exactOptional(),
  news: z.union([z.enum(['delay-over', 'turn']), verdict]).exactOptional(),
  fault: readFault.exactOptional(),
  request: count.exactOptional(),
  loss: z
    .object({
      reason: z.enum(lossReasons),
      exitCode: z.number().nullable(),
      signal: z.string().nullable(),
      lastStderr: z.array(z.string()),
      detail: z.string().exactOptional(),
      willRestart: z.boolean(),
    })
    .exactOptional(),
  goesOn: yes.exactOptional(),
  facts: z
    .object({
      protocolVersion: z.string().exactOptional(),
      clientName: z.string().exactOptional(),
      serverName: z.string().exactOptional(),
      serverCapabilities: z.string().exactOptional(),
      initialize: z.string().exactOptional(),
      initialized: z.string().exactOptional(),
      loggingLevel: z.string().exactOptional(),
      subscriptions: z.record(z.string(), z.string()).exactOptional(),
    })
    .exactOptional(),
  hasOpenStream: z.boolean().exactOptional(),
  isGone: z.boolean().exactOptional(),
  reason: z.string().exactOptional(),
  label: z.string().exactOptional(),
  isSet: z.boolean().exactOptional(),
  effect: z.object({ type: z.enum(['send', 'cancel']), direction, kind }).exactOptional(),
  cause: z.enum(causes).exactOptional(),
  detail: z.string().exactOptional(),
  status: count.exactOptional(),
  settled: z
    .array(
      z.object({
        direction: direction.exactOptional(),
        id: requestId.nullable().exactOptional(),
        method: z.string(),
        outcome: z.enum(outcomes),
        elapsedMs: z.number(),
      }),
    )
    .exactOptional()
    .describe(
      'Requests that are over. Without `direction`: it was asked in the other one; without `id`: it is that of the message.',
    ),
  sent: z
    .union([count, z.array(z.object({ direction, kind, bytes: count, isOwn: yes.exactOptional() }))])
    .exactOptional()
    .describe('What left; a number: the message itself went on to the other peer, in so many bytes.'),
  body: z.unknown().optional().describe('The message. Always the last member of its line.'),
  bodyDigest: z.string().exactOptional().describe('SHA-256 of a message that is too long for the tape.'),
});

/** Of lines that are no event of a session, by their name; every other line is one. */
export const lineSchemas: ReadonlyMap<string, z.ZodType<TapeLine>> = new Map<string, z.ZodType<TapeLine>>([
  ['settings', settings],
  ['session.opened', opened],
  ['session.ended', ended],
  ['tape.gap', gap],
  ['tape.closed', closed],
]);
export const eventSchema = event;

/** For editors and programs of others: a line of a tape is one of these, and the first line a header. */
export function tapeJsonSchema(): z.core.JSONSchema.BaseSchema {
  const lines = z.union([headerSchema, ...lineSchemas.values(), eventSchema]);
  return { ...z.toJSONSchema(lines, { io: 'input' }), title: 'A line of a ninelives tape, version 2' };
}
