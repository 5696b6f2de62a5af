/**
 * The shape of a gateway configuration file: which keys there are, and what may stand under them. What keys have to do with each
 * other, and with the world, is checked in gateway-file.ts. The JSON Schema for editors is made of this.
 */

import { z } from 'zod';
import {
  type HttpLimits,
  type HttpTimes,
  defaultHttpLimits,
  defaultHttpTimes,
} from '../transports/http-front-options.ts';
import { type Limits, type Times, defaultLimits, defaultTimes, totalLimitNames } from '../session/limits.ts';
import { tagLimitNames, tagTimeNames } from '../session/tag-settings.ts';
import { usualClusterName } from './cluster-address.ts';

const nameOf = (what: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, `The name of ${what} has letters, digits, '.', '_' and '-', at most 64`);
const text = z.string().min(1).max(8192);
const path = z.string().min(1).max(4096);

const ratios: ReadonlySet<string> = new Set<keyof Limits>(['pendingSoftRatio', 'sessionsPerPrincipalRatio']);
const canBeNone: ReadonlySet<string> = new Set<keyof Limits>([
  'listensPerSession',
  'questionsPerSession',
  'heldFramesPerSession',
  'tasksPerSession',
]);

/** Of each limit that means something for one route: those of the whole process are not among them. */
export const routeLimitNames = Object.keys(defaultLimits)
  .filter(isLimit)
  .filter((name) => !totalLimitNames.some((total) => total === name));
export const timeNames = Object.keys(defaultTimes).filter(isTime);

function isLimit(name: string): name is keyof Limits {
  return Object.hasOwn(defaultLimits, name);
}

function isTime(name: string): name is keyof Times {
  return Object.hasOwn(defaultTimes, name);
}

const limit = (name: keyof Limits) => {
  const usual = `${defaultLimits[name]} unless it is said.`;
  if (ratios.has(name)) return z.number().gt(0).max(1).optional().describe(usual);
  return z
    .int()
    .min(canBeNone.has(name) ? 0 : 1)
    .optional()
    .describe(usual);
};
const off = z.literal('off');
const millis = z.union([z.int().min(1), off], { error: 'It must be milliseconds, a whole number above 0, or off' });

const limits = z
  .strictObject(Object.fromEntries(routeLimitNames.map((name) => [name, limit(name)])))
  .describe('Limits of the sessions of a route; bytes and counts.');
const totals = z
  .strictObject(Object.fromEntries(totalLimitNames.map((name) => [name, limit(name)])))
  .describe('Requests of all routes together that may wait for an answer at once, and bytes that may wait.');
const timeOf = (name: keyof Times) => millis.optional().describe(`${defaultTimes[name]} unless it is said.`);
const times = z
  .strictObject(Object.fromEntries(timeNames.map((name) => [name, timeOf(name)])))
  .describe('Milliseconds, or off.');
const tags = z
  .record(
    text.max(256),
    z
      .strictObject({
        limits: z.strictObject(Object.fromEntries(tagLimitNames.map((name) => [name, limit(name)]))).optional(),
        times: z.strictObject(Object.fromEntries(tagTimeNames.map((name) => [name, timeOf(name)]))).optional(),
      })
      .describe('What stands in the place of the same limit or time of the route.'),
  )
  .describe('What sessions have while a tag holds on them; of several tags the smallest.');
const methods = z
  .record(text.max(256), z.strictObject({ idleMs: millis.optional(), absoluteMs: millis.optional() }))
  .describe('Deadlines of single methods, such as tools/call.');

const usualFront: HttpLimits & HttpTimes = { ...defaultHttpLimits, ...defaultHttpTimes };
const front = z
  .strictObject(
    Object.fromEntries(
      Object.entries(usualFront).map(([name, usual]) => [
        name,
        z.int().min(1).optional().describe(`${usual} unless it is said.`),
      ]),
    ),
  )
  .describe(
    'Connections and streams: counts, bytes and milliseconds. What is kept for clients that come back is of each route.',
  );

const upstream = z
  .strictObject({
    command: text.optional().describe('A program that is started for each session, or once with share: shared.'),
    args: z.array(z.string().max(8192)).max(1000).optional(),
    env: z
      .record(z.string().regex(/^[^=\0]+$/), z.string().max(65_536))
      .optional()
      .describe('Beside the environment of the gateway.'),
    cwd: path.optional().describe('Where it is started; the folder of this file unless it is said.'),
    share: z.enum(['isolated', 'shared']).optional().describe('isolated unless it is said.'),
    url: text.optional().describe('A server that runs already: http, https, ws or wss.'),
    headers: z.record(z.string(), z.string().max(65_536)).optional().describe('Sent with every request to url.'),
    ca: path.optional().describe('A file with the certificates (PEM) by which url is trusted.'),
    restart: z.enum(['on-failure', 'never']).optional().describe('on-failure unless it is said.'),
    restartable: z
      .boolean()
      .optional()
      .describe('Of a command: when a node of the cluster is gone, others start it anew for its sessions.'),
  })
  .describe('A server: command or url.');

const route = z
  .strictObject({
    name: nameOf('a route')
      .optional()
      .describe('What sessions show as their route; the name of the upstream unless it is said.'),
    path: z
      .string()
      .regex(/^\/[!-~]*$/, 'A path begins with / and has no spaces')
      .regex(/^[^?#]*$/, 'A path has neither ? nor #')
      .regex(/^[^*]*(?:\/\*)?$/, 'A * stands alone after the last /')
      .describe('Where MCP is served: /files, or /files/* for everything below.'),
    host: text.optional().describe('For requests to this host alone: NAME or *.NAME, with :PORT or without.'),
    upstream: text.describe('The name of one of upstreams.'),
    auth: text.optional().describe('The name of one of auth; everybody whom the door lets in unless it is said.'),
    profile: text.optional().describe('A built-in profile, or the path of a file.'),
    limits: limits.optional(),
    times: times.optional(),
    methods: methods.optional(),
    tags: tags.optional(),
  })
  .describe('A place where clients find a server.');

const authenticator = z
  .strictObject({
    tokenFile: path.optional().describe("Lines that 'ninelives auth token NAME' makes."),
    jwt: z
      .strictObject({
        jwks: text.describe('URL of the keys.'),
        issuer: text,
        audience: text,
      })
      .optional()
      .describe('Tokens that an issuer signed.'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'A scope has no spaces, quotes and backslashes'))
      .max(100)
      .optional(),
    resource: text.optional().describe('The URL by which clients know the route.'),
  })
  .describe('Who may come in: tokenFile, jwt, or both.');

const cluster = z
  .strictObject({
    url: text.describe('nats://HOST:PORT or tls://HOST:PORT; several with commas between them.'),
    name: z
      .string()
      .regex(/^[\w-]{1,64}$/, "The name of a cluster has letters, digits, '_' and '-', at most 64")
      .optional()
      .describe(`Which cluster on that server it is; ${usualClusterName} unless it is said.`),
    replicas: z
      .union([z.literal(1), z.literal(3), z.literal(5)])
      .optional()
      .describe('Copies of what the nodes agree on; 1 unless it is said.'),
    creds: path.optional().describe('Who asks, as a .creds file.'),
    ca: path.optional().describe('A file with the certificates (PEM) by which url is trusted.'),
    cert: path.optional().describe('A certificate (PEM) to show.'),
    key: path.optional().describe('And its key (PEM).'),
  })
  .describe('To be one node of several gateways that serve the same sessions: the server through which they agree.');

export const gatewaySchema = z.strictObject({
  $schema: z.string().optional().describe('For editors.'),
  version: z.literal(1).describe('Of this format.'),
  listen: text.optional().describe('HOST:PORT; 127.0.0.1:7400 unless it is said. Port 0 takes a free one.'),
  allowHosts: z
    .array(text)
    .max(1000)
    .optional()
    .describe('Names by which clients know the gateway, beside those of loopback and of routes.'),
  allowOrigins: z.array(text).max(1000).optional().describe('Pages that may use it.'),
  tls: z.strictObject({ cert: path, key: path }).optional().describe('Files (PEM): then the gateway speaks TLS.'),
  sessionsMax: z.int().min(1).optional().describe('Sessions of all routes together; 1000 unless it is said.'),
  totals: totals.optional(),
  front: front.optional(),
  cluster: cluster.optional(),
  upstreams: z.record(nameOf('an upstream'), upstream),
  routes: z.array(route).min(1).max(1000),
  auth: z.record(nameOf('an authenticator'), authenticator).optional(),
  rules: path.optional().describe('A rule file that frames of every route are asked about.'),
  allowFaults: z
    .boolean()
    .optional()
    .describe('Rules and the admin API may make things go wrong on purpose; false unless it is said.'),
  profile: text.optional().describe('Of every route that does not say another.'),
  limits: limits.optional().describe('Of every route, unless it says otherwise.'),
  times: times.optional().describe('Of every route, unless it says otherwise.'),
  methods: methods.optional().describe('Of every route, unless it says otherwise.'),
  tags: tags.optional().describe('Of every route, unless it says otherwise: limits and times of sessions with a tag.'),
});

export type GatewayText = z.output<typeof gatewaySchema>;

/** As JSON Schema (2020-12), for editors. */
export function gatewayJsonSchema(): object {
  return {
    ...z.toJSONSchema(gatewaySchema, { io: 'input' }),
    title: 'ninelives gateway configuration',
    description:
      "What 'ninelives gateway --config FILE' reads. Strings under upstreams may refer to ${NAME} and file:PATH.",
  };
}
