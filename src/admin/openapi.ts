/**
 * The OpenAPI document of the admin API, made from the table of its operations. The shapes are Zod's, so that a test reads every
 * answer with the same description that is published. Loaded when somebody asks for it.
 */

import { z } from 'zod';
import { lossReasons } from '../session/events.ts';
import { budgets, defaultLimits } from '../session/limits.ts';
import { sessionStates } from '../session/outcomes.ts';
import { breakpointsMax } from '../rules/breakpoints.ts';
import { fates } from '../rules/dry-run.ts';
import { dryRunMsMax } from '../rules/live-dry-run.ts';
import { breakpointSchema } from '../rules/breakpoint-schema.ts';
import { operations, problemsOf, sessionFaults } from './api.ts';
import { type HubOperationName, hubOperations } from './hub.ts';
import type { OperationName } from './operation.ts';
import { type ProblemCode, problemTable } from './problems.ts';
import { pageSize } from './session-list.ts';

const state = z.enum(sessionStates);
const status = z.enum(['active', 'completed', 'failed', 'timeout']);
const transportType = z.enum(['stdio', 'http', 'sse', 'websocket', 'in-memory']);
const direction = z.enum(['client-to-server', 'server-to-client']);
const millis = z.number().min(0);
const count = z.int().min(0);
const requestId = z.union([z.string(), z.number()]);
const counts = z.record(z.string(), count).describe('See docs/reference/counters.md.');
const transitions = z.array(z.strictObject({ from: state, to: state, count }));
const dwellMs = z.strictObject(Object.fromEntries(sessionStates.map((name) => [name, millis])));

const sessionSummary = z.strictObject({
  id: z.string(),
  state,
  status,
  transportType,
  principal: z.string().nullable(),
  route: z.string().nullable(),
  profile: z.string(),
  protocolVersion: z.string().nullable(),
  clientName: z.string().nullable(),
  serverName: z.string().nullable(),
  ageMs: millis,
  frames: count,
  tags: z.array(z.string()),
  pending: count.describe('Requests of both sides that wait for an answer.'),
  held: count.describe('Frames that wait for a decision, or for their server.'),
});

const session = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  state,
  status,
  endReason: z.string().optional(),
  transportType,
  principal: z.string().optional(),
  route: z.string().optional(),
  profile: z.string(),
  protocolVersion: z.string().optional(),
  clientName: z.string().optional(),
  serverName: z.string().optional(),
  ageMs: millis,
  sinceClientMs: millis.optional().describe('Since the client was heard last.'),
  sinceServerMs: millis.optional().describe('Since the server was heard last.'),
  frames: count,
  tags: z.array(z.string()),
  pending: z.array(
    z.strictObject({
      id: requestId,
      direction,
      method: z.string(),
      state: z.enum(['held', 'open', 'answering', 'dropped']),
      budget: z.enum(budgets),
      ageMs: millis,
      dueInMs: z.number().nullable().describe('Until the earlier of its deadlines; null when none runs.'),
      dueBy: z.enum(['idle', 'absolute']).optional().describe('Which deadline that is: progress moves idle.'),
      progressToken: requestId.optional(),
      parent: requestId.optional().describe('The request of the client in whose course the server asked this.'),
    }),
  ),
  held: z.array(
    z.strictObject({
      ticket: count,
      direction,
      kind: z.enum(['request', 'response', 'notification']),
      method: z.string(),
      bytes: count,
      isDecided: z.boolean(),
    }),
  ),
  tasks: z.array(z.string()),
  counts,
  dwellMs,
  transitions,
  commits: count,
});

const processFacts = z.strictObject({
  pid: z.int().positive(),
  version: z.string(),
  command: z.string().describe('What it was started as: forward http.'),
  server: z.string().describe('What is behind it: a command, or a URL without what is secret in it.'),
  url: z.string().optional().describe('Where clients find it; absent on standard input and output.'),
  node: z.string().optional().describe('Its name among the nodes of a cluster; absent where there is none.'),
  startedAt: z.int().describe('Milliseconds since 1970.'),
});

const clusterNode = z.strictObject({
  node: z.string().describe('Its name: of this life of this process, and of no other.'),
  phase: z.enum(['opening', 'up', 'draining', 'fenced', 'closed']),
  leaseAgeMs: millis.describe('Since it proved last that it may act.'),
  isConnected: z.boolean().describe('Whether the server of the cluster can be reached from here.'),
  ownedKeys: count.describe('Sessions that this node has.'),
  takeovers: count,
  forwarded: count.describe('Sent on to the nodes that have the sessions, since the start.'),
  forwardedPending: count,
  served: count.describe('Taken from other nodes, since the start.'),
  servedPending: count,
  budgetGranted: count.describe('The share of this node in the limit of all nodes.'),
  budgetUsed: count,
  peers: z.array(
    z.strictObject({
      node: z.string(),
      state: z.enum(['up', 'draining', 'dead']),
      keys: count,
      leaseAgeMs: millis.describe('Since its lease was seen to change.'),
    }),
  ),
});

const totals = z.strictObject({
  sessionsOpened: count,
  sessionsByState: z.strictObject(Object.fromEntries(sessionStates.map((name) => [name, count]))),
  sessionsEnded: z.strictObject({ active: count, completed: count, failed: count, timeout: count }),
  pending: z.strictObject(Object.fromEntries(budgets.map((budget) => [budget, count]))),
  bufferedBytes: count,
  counts,
  dwellMs,
  transitions,
  upstreamRestarts: z.strictObject(Object.fromEntries(lossReasons.map((reason) => [reason, count]))),
  rolledBackEvents: count,
  unplacedEvents: count,
  foreignMessages: count,
});

const pausedFrame = z.strictObject({
  id: z.string(),
  sessionId: z.string(),
  rule: z.string().describe('The name of the rule, or `breakpoint ID`.'),
  direction,
  kind: z.enum(['request', 'response', 'notification']),
  method: z.string(),
  bytes: count,
  pausedAt: z.number().describe('Milliseconds since 1970, as decidesAt.'),
  decidesAt: z.number().describe('When the default decision is taken.'),
  byDefault: z.enum(['resume', 'block']),
});
const anyMessage = z.record(z.string(), z.unknown());

const breakpoint = z.strictObject({
  id: z.string(),
  ...breakpointSchema.shape,
  setAt: z.number().describe('Milliseconds since 1970.'),
  hits: count.describe('Frames that it has paused.'),
});

const rules = z.strictObject({
  file: z.string(),
  rules: z.array(z.strictObject({ id: z.string(), priority: z.number() })),
  plugins: z.array(z.string()),
});

const fate = z.enum(fates);
const fateCounts = z.partialRecord(fate, count);
const dryRun = z.strictObject({
  isRunning: z.boolean(),
  startedAt: z.number().describe('Milliseconds since 1970.'),
  summary: z.string().describe('would block 3 of 812 (now 0); 3 would meet another fate'),
  frames: count.describe('Frames that both versions were asked about.'),
  different: count.describe('Of these, the ones that would meet another fate.'),
  current: z.record(fate, count),
  next: z.record(fate, count),
  byRule: z.record(z.string(), fateCounts).describe('How often each new rule would act, and how.'),
  bySession: z.record(z.string(), z.strictObject({ frames: count, different: count, next: fateCounts })),
  examples: z.array(
    z.strictObject({
      sessionId: z.string(),
      frameId: count,
      method: z.string(),
      current: fate,
      next: fate,
      rule: z.string().optional(),
    }),
  ),
});

const leaks = z.strictObject({
  pid: z.int().positive(),
  has: z.strictObject({
    sessions: count,
    upstreams: count.describe('Servers that sessions reach, those that are being stopped included.'),
    timers: count,
    pending: count,
    held: count,
    tombstones: count,
    paused: count,
    children: count.optional().describe('Absent where the system does not tell.'),
    resources: z.record(z.string(), count).describe('Sockets, pipes and the like, as Node names them.'),
    heapBytes: count,
    residentBytes: count,
  }),
  drift: z.array(z.strictObject({ kind: z.string(), about: z.string(), message: z.string() })),
});

const tags = z.strictObject({ tags: z.array(z.string()) });

const mistake = z.strictObject({ line: z.int(), column: z.int(), where: z.string(), message: z.string() });

export const problemShape = z.strictObject({
  error: z.strictObject({
    code: z.enum(Object.keys(problemTable) as ProblemCode[]),
    message: z.string(),
    mistakes: z.array(mistake).optional().describe('In the file that is not taken; lines and columns count from 1.'),
  }),
});

interface Description {
  readonly summary: string;
  /** HTTP status of a success. */
  readonly status: 200 | 202 | 204;
  readonly body?: z.ZodType;
  /** What is to be sent. */
  readonly request?: z.ZodType;
  readonly query?: Readonly<Record<string, { readonly description: string; readonly schema: z.ZodType }>>;
}

export const descriptions: Readonly<Record<OperationName, Description>> = {
  getProcess: { summary: 'What this process is, and what it is in front of.', status: 200, body: processFacts },
  listSessions: {
    summary: 'The open sessions, in the order in which they opened, page by page.',
    status: 200,
    body: z.strictObject({ total: count, sessions: z.array(sessionSummary), next: z.string().nullable() }),
    query: {
      limit: {
        description: `Sessions on one page; ${pageSize.usual} when it is not said.`,
        schema: z.int().min(1).max(pageSize.max),
      },
      after: { description: '`next` of the page before.', schema: z.string() },
    },
  },
  getSession: { summary: 'All that is known of one session at this moment.', status: 200, body: session },
  explainSession: {
    summary: 'Why a session is as it is, in sentences: what each request waits for, and until when.',
    status: 200,
    body: z.strictObject({ id: z.string(), lines: z.array(z.string()) }),
    query: { request: { description: 'Of the requests with this id alone.', schema: z.string() } },
  },
  getCluster: {
    summary: 'The cluster as this node knows it, without asking anybody: itself, and the others by their leases.',
    status: 200,
    body: clusterNode,
  },
  getSessionPlace: {
    summary: 'Which node of the cluster has a session, wherever it is. The id is said whole.',
    status: 200,
    body: z.strictObject({
      node: z.string(),
      epoch: count.describe('Of the claim: it grows with each claim of the session.'),
    }),
  },
  getLeaks: {
    summary:
      'What this process holds, and what of it should not be there: the leak audit. Looks twice where something is off.',
    status: 200,
    body: leaks,
  },
  closeSession: {
    summary: 'Ends a session now: what waits in it is settled with an error. Its server is stopped.',
    status: 204,
  },
  injectFault: {
    summary:
      'Makes something go wrong on purpose: ends the session, or kills its server, to see how its peers take it.',
    status: 204,
    request: z.strictObject({ fault: z.enum(sessionFaults) }),
  },
  addTag: {
    summary: `Puts a tag of your own on a session, at most ${defaultLimits.labelsPerSession} of them.`,
    status: 200,
    body: tags,
  },
  removeTag: { summary: 'Takes a tag of your own off a session.', status: 200, body: tags },
  getTotals: { summary: 'Numbers over all sessions since this process began.', status: 200, body: totals },
  drain: {
    summary: 'Begins the end of this process: nothing new begins, what is under way may finish. As SIGTERM does.',
    status: 202,
    body: z.strictObject({ state: z.literal('draining') }),
  },
  getRules: { summary: 'The rules that are in force, in the order in which they are asked.', status: 200, body: rules },
  reloadRules: { summary: 'Loads the rule file again, as a whole or not at all.', status: 200, body: rules },
  getDryRun: { summary: 'What the rules that are tried out would have done so far.', status: 200, body: dryRun },
  startDryRun: {
    summary: `Tries rules out beside those in force: what they would do is counted on live frames, for ${dryRunMsMax / 60_000} minutes at most.`,
    status: 200,
    request: z.strictObject({ text: z.string().describe('The text of a rule file. Its plugins are left out.') }),
    body: dryRun,
  },
  stopDryRun: { summary: 'Ends that, and says what was counted.', status: 200, body: dryRun },
  listPaused: {
    summary: 'The frames that a rule or a breakpoint has paused, without their messages.',
    status: 200,
    body: z.strictObject({ frames: z.array(pausedFrame) }),
  },
  getPaused: {
    summary: 'One of them, with its message.',
    status: 200,
    body: pausedFrame.extend({ message: anyMessage }),
  },
  resumePaused: { summary: 'Lets a paused frame go on as it is.', status: 204 },
  modifyPaused: {
    summary: 'Lets another message go on in its place, of the same kind and id.',
    status: 204,
    request: z.strictObject({ message: anyMessage }),
  },
  blockPaused: {
    summary: 'Refuses a paused frame, in words of yours.',
    status: 204,
    request: z.strictObject({ code: z.int().optional(), message: z.string().optional() }),
  },
  listBreakpoints: {
    summary: 'The breakpoints that people have set in this process.',
    status: 200,
    body: z.strictObject({ breakpoints: z.array(breakpoint) }),
  },
  addBreakpoint: {
    summary: `Pauses frames from now on, in every session at once; at most ${breakpointsMax} of these.`,
    status: 200,
    request: breakpointSchema,
    body: breakpoint,
  },
  removeBreakpoint: { summary: 'Takes a breakpoint away. What it has paused stays paused.', status: 204 },
};

/** What is answered besides where the page of all processes is. */
export const hubDescriptions: Readonly<Record<HubOperationName, Description>> = {
  listProcesses: {
    summary: 'The inspected processes of this machine, for whoever shows the token of the page.',
    status: 200,
    body: z.strictObject({ processes: z.array(processFacts) }),
  },
  inviteVisit: {
    summary: 'Makes an address of the page that is good once, for a minute, and does not have the token in it.',
    status: 200,
    body: z.strictObject({ path: z.string() }),
  },
};

const sentenceOfParam: Readonly<Record<string, string>> = {
  id: 'The id of the session, the paused frame or the breakpoint; whole.',
  tag: `1 to ${defaultLimits.labelCharactersMax} characters.`,
};

/** Answers that every path may give: the token is missing or wrong, somebody else's page asks, too many ask at once. */
const problemsOfAll: readonly ProblemCode[] = [
  'UNAUTHORIZED',
  'FOREIGN_HOST',
  'BODY_TOO_LARGE',
  'TOO_MANY_REQUESTS',
  'INTERNAL',
];

export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const described = describe(operation, descriptions[operation.name], problemsOf[operation.name]);
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = described;
  }
  for (const operation of hubOperations) {
    const described = describe(operation, hubDescriptions[operation.name], []);
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = described;
  }
  paths['/openapi.json'] = {
    get: {
      operationId: 'getDocument',
      summary: 'This document.',
      responses: { '200': { description: 'An OpenAPI document.', content: json({ type: 'object' }) } },
    },
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'ninelives admin API',
      version,
      description:
        'Manages one running process. Every request shows its token; the address and the token are in a run-time file.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: schemaOf(problemShape) },
    },
  };
}

function describe(
  { name, path }: { readonly name: string; readonly path: string },
  { summary, status: success, body, request, query = {} }: Description,
  problems: readonly ProblemCode[],
): object {
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, param = '']) => ({
      name: param,
      in: 'path',
      required: true,
      description: sentenceOfParam[param],
      schema: { type: 'string' },
    })),
    ...Object.entries(query).map(([param, { description, schema }]) => ({
      name: param,
      in: 'query',
      required: false,
      description,
      schema: schemaOf(schema),
    })),
  ];
  return {
    operationId: name,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(request === undefined ? {} : { requestBody: { content: json(schemaOf(request, 'input')) } }),
    responses: {
      [success]: { description: 'Done.', ...(body === undefined ? {} : { content: json(schemaOf(body)) }) },
      ...problemAnswers([...problems, ...problemsOfAll]),
    },
  };
}

function problemAnswers(codes: readonly ProblemCode[]): Readonly<Record<string, object>> {
  const answers: Record<string, object> = {};
  for (const code of codes) {
    const { status: answered, message } = problemTable[code];
    answers[answered] = {
      description: `${code}: ${message}.`,
      content: json({ $ref: '#/components/schemas/Problem' }),
    };
  }
  return answers;
}

function json(schema: object): object {
  return { 'application/json': { schema } };
}

/** Members may be added within a version, so a reader passes over those that it does not know. */
function schemaOf(shape: z.ZodType, io: 'input' | 'output' = 'output'): object {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, {
    io,
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return schema;
}
