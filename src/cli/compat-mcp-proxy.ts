/** The command line of `mcp-proxy` of npm (punkpeye): streamable HTTP and SSE in front of one child process for everybody. */

import { PlanDraft, listenOn, passOn } from './compat-plan.ts';
import type { Peer, PeerFlag, PeerWorld, Plan, Said } from './compat-peer.ts';
import { commandOf } from './compat-shell.ts';

/** The variable by which a key of the command line reaches the front. */
const keyVariable = 'NINELIVES_COMPAT_API_KEY';

/** A token here has as many characters at least. */
const keyCharactersMin = 20;

const flags: readonly PeerFlag[] = [
  { name: '--port', value: 'port', fate: 'same', here: '--listen HOST:PORT' },
  {
    name: '--host',
    value: 'address',
    fate: 'otherwise',
    here: '--listen HOST:PORT',
    says: 'An address that others reach takes --allow-host or --auth-token-file as well.',
  },
  {
    name: '--server',
    value: 'sse|stream',
    fate: 'otherwise',
    here: '--path',
    says: 'With sse, streamable HTTP is served at the path of SSE.',
  },
  { name: '--endpoint', value: 'path', fate: 'same', here: '--path' },
  { name: '--streamEndpoint', value: 'path', fate: 'same', here: '--path' },
  {
    name: '--sseEndpoint',
    value: 'path',
    fate: 'otherwise',
    here: '--path',
    says: 'With --server sse, streamable HTTP is served there; otherwise one path is enough.',
  },
  {
    name: '--stateless',
    fate: 'otherwise',
    says: 'Clients that shake hands have sessions; those of 2026-07-28 have none anyway.',
  },
  { name: '--modern', fate: 'needless', says: 'Both eras are served at one address.' },
  {
    name: '--no-modern',
    fate: 'needless',
    says: 'Both eras pass; a server that does not speak 2026-07-28 says so itself.',
  },
  {
    name: '--upstreamProtocol',
    value: 'legacy|auto|modern',
    fate: 'otherwise',
    says: 'Client and server agree on a revision with each other. Nothing is translated between the eras.',
  },
  { name: '--connectionTimeout', value: 'ms', fate: 'same', here: '--initialize-ms', passes: 'number' },
  {
    name: '--requestTimeout',
    value: 'ms',
    fate: 'otherwise',
    here: '--request-idle-ms',
    passes: 'number',
    says: 'Progress begins it anew; --request-absolute-ms is the end in any case.',
  },
  { name: '--keepAliveTimeout', value: 'ms', fate: 'same', here: '--keep-alive-ms', passes: 'number' },
  {
    name: '--sessionIdleTimeout',
    value: 'ms',
    fate: 'otherwise',
    here: '--session-idle-ms',
    says: '0 becomes a day, which is how old a session grows (--session-age-ms).',
  },
  { name: '--gracefulShutdownTimeout', value: 'ms', fate: 'same', here: '--drain-ms', passes: 'number' },
  { name: '--eventStore', fate: 'needless', says: 'What a client did not hear is kept for it, within limits.' },
  { name: '--no-eventStore', fate: 'needless', says: 'What is kept for clients is bounded: --replay-bytes-max.' },
  { name: '--eventStoreMaxEvents', value: 'n', fate: 'same', here: '--replay-events-max', passes: 'number' },
  {
    name: '--maxBodySize',
    value: 'bytes',
    fate: 'otherwise',
    here: '--frame-bytes-max',
    says: '0, no limit, does not exist.',
  },
  { name: '--debug', fate: 'same', here: '--log-level debug' },
  {
    name: '--shell',
    fate: 'otherwise',
    here: '-- sh -c COMMAND',
    says: 'A shell is started only where the command needs one.',
  },
  {
    name: '--apiKey',
    value: 'key',
    fate: 'otherwise',
    here: '--auth-token-env',
    says: 'Clients send it as Authorization: Bearer KEY, and not as X-API-Key; it has at least 20 characters.',
  },
  { name: '--sslCert', value: 'file', fate: 'same', here: '--tls-cert', passes: 'text' },
  { name: '--sslKey', value: 'file', fate: 'same', here: '--tls-key', passes: 'text' },
  { name: '--sslCa', value: 'file', fate: 'needless', says: 'No client is asked for a certificate.' },
  {
    name: '--corsAddAllowedHeader',
    value: 'name',
    takes: 'many',
    fate: 'needless',
    says: 'Pages that may come in (--allow-origin) may send every header.',
  },
  {
    name: '--tunnel',
    fate: 'refused',
    says: 'nothing here opens a tunnel to the public: run a tunnel of your own to the address that is listened on, and name its host with --allow-host',
  },
  { name: '--tunnelSubdomain', value: 'name', fate: 'refused', says: 'it belongs to --tunnel' },
];

export const mcpProxy: Peer = {
  name: 'mcp-proxy',
  title: 'mcp-proxy of npm',
  flags,
  isCamel: true,
  endsAtCommand: true,
  environmentPrefix: 'MCP_PROXY_',
  usually: [
    'It listens on this machine alone (127.0.0.1), and not on every address.',
    'Web pages do not come in: --allow-origin names those that may. There it is every page.',
    'Host and Origin of each request are checked.',
    'HTTP with server-sent events is not served; streamable HTTP is, at one path.',
    'One server process serves all sessions, as there (--share shared); without that each session has its own.',
    'Requests of the server (sampling, elicitation, roots) reach the client that caused them.',
    'A server that goes away is started again, and its calls end at once with an error.',
    'GET /ping is GET /healthz.',
  ],
  plan,
};

function plan(said: Said, { platform, environment }: PeerWorld): Plan {
  const draft = new PlanDraft();
  draft.say('forward', 'http');
  const key = said.one('--apiKey');
  listenOn(draft, { host: said.one('--host'), port: said.one('--port') ?? '8080', isGuarded: key !== undefined });
  const server = said.one('--server');
  if (server !== undefined && server !== 'sse' && server !== 'stream') {
    draft.refuse(`--server ${server}: it is sse or stream`);
  }
  draft.say('--path', pathOf(said));
  if (server === 'sse') {
    draft.remark(
      'The older HTTP with server-sent events is not served. Clients that try streamable HTTP first find it.',
    );
  } else if (server === undefined) {
    draft.remark('/sse is not served: clients of the older HTTP with server-sent events find nothing there.');
  }
  if (said.one('--host') === undefined) draft.remark('It listens on this machine alone; others would reach it there.');
  if (key !== undefined) guardWith(draft, key, environment);
  passOn(draft, { flags }, said);
  const idle = said.one('--sessionIdleTimeout');
  draft.number('--session-idle-ms', { name: '--sessionIdleTimeout', text: idle === '0' ? '86400000' : idle });
  const body = said.one('--maxBodySize');
  if (body === '0')
    draft.refuse('--maxBodySize 0: there is always a limit here: say how many bytes a message may have');
  else draft.number('--frame-bytes-max', { name: '--maxBodySize', text: body });
  if (said.is('--debug')) draft.say('--log-level', 'debug');
  const command = said.rest ?? [];
  if (command.length === 0) draft.refuse("the server's command is missing: ninelives compat mcp-proxy -- COMMAND ARGS");
  draft.say('--share', 'shared', '--', ...(said.is('--shell') ? commandOf(command.join(' '), platform) : command));
  return draft.done();
}

function pathOf(said: Said): string {
  const server = said.one('--server');
  const endpoint = server === undefined ? undefined : said.one('--endpoint');
  if (server === 'sse') return said.one('--sseEndpoint') ?? endpoint ?? '/sse';
  return said.one('--streamEndpoint') ?? endpoint ?? '/mcp';
}

function guardWith(draft: PlanDraft, key: string, environment: PeerWorld['environment']): void {
  if (key.length < keyCharactersMin) {
    draft.refuse(
      `--apiKey: a key has at least ${keyCharactersMin} characters here: 'ninelives auth token NAME' makes one`,
    );
  }
  const isSet = environment['MCP_PROXY_API_KEY'] === key;
  if (!isSet) draft.set(keyVariable, key);
  draft.say('--auth-token-env', isSet ? 'MCP_PROXY_API_KEY' : keyVariable);
}
