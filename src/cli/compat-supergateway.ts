/** The command line of `supergateway`: SSE, WebSocket or streamable HTTP in front of a command, or pipes in front of a URL. */

import { PlanDraft, listenOn, passOn, sendHeader } from './compat-plan.ts';
import type { Peer, PeerFlag, PeerWorld, Plan, Said } from './compat-peer.ts';
import { commandOf } from './compat-shell.ts';

const flags: readonly PeerFlag[] = [
  {
    name: '--stdio',
    value: 'command',
    fate: 'same',
    here: '-- COMMAND ARGS',
    says: 'A shell is started only where the command needs one.',
  },
  { name: '--sse', value: 'url', fate: 'same', here: '--upstream', says: 'The server is asked what it speaks.' },
  {
    name: '--streamableHttp',
    value: 'url',
    fate: 'same',
    here: '--upstream',
    says: 'The server is asked what it speaks.',
  },
  {
    name: '--outputTransport',
    value: 'stdio|sse|ws|streamableHttp',
    fate: 'otherwise',
    here: 'forward stdio, forward ws or forward http',
    says: 'sse, which is the usual one there, becomes streamable HTTP at the path of SSE.',
  },
  { name: '--port', value: 'port', fate: 'same', here: '--listen HOST:PORT' },
  { name: '--baseUrl', value: 'url', fate: 'needless', says: 'Streamable HTTP tells clients no second URL.' },
  {
    name: '--ssePath',
    value: 'path',
    fate: 'otherwise',
    here: '--path',
    says: 'With sse, streamable HTTP is served there.',
  },
  {
    name: '--messagePath',
    value: 'path',
    fate: 'same',
    here: '--path',
    says: 'With ws; otherwise one path is enough.',
  },
  { name: '--streamableHttpPath', value: 'path', fate: 'same', here: '--path' },
  { name: '--stateful', fate: 'same', here: '--share isolated', says: 'Which it is unless --share shared is said.' },
  { name: '--sessionTimeout', value: 'ms', fate: 'same', here: '--session-idle-ms', passes: 'number' },
  {
    name: '--header',
    value: 'name: value',
    takes: 'many',
    fate: 'otherwise',
    here: '--header',
    says: 'For --sse and --streamableHttp. With --stdio it would be a header of answers, which cannot be set here.',
  },
  {
    name: '--oauth2Bearer',
    value: 'token',
    fate: 'otherwise',
    here: "--header 'Authorization: Bearer TOKEN'",
    says: 'For --sse and --streamableHttp, as --header.',
  },
  { name: '--logLevel', value: 'debug|info|none', fate: 'same', here: '--log-level', says: 'none is silent.' },
  {
    name: '--cors',
    value: 'origin',
    takes: 'many',
    fate: 'otherwise',
    here: '--allow-origin',
    says: 'Each page is named: alone, as *, or as a pattern between slashes it lets none in.',
  },
  {
    name: '--healthEndpoint',
    value: 'path',
    takes: 'many',
    fate: 'otherwise',
    says: '/healthz and /readyz are always there, and no others.',
  },
  { name: '--protocolVersion', value: 'revision', fate: 'needless', says: 'The handshake is that of each client.' },
];

export const supergateway: Peer = {
  name: 'supergateway',
  title: 'supergateway',
  flags,
  isCamel: true,
  endsAtCommand: false,
  usually: [
    'It listens on this machine alone (127.0.0.1), and not on every address.',
    'Host and Origin of each request are checked.',
    'HTTP with server-sent events is not served: streamable HTTP is, at the path of SSE.',
    'With --outputTransport streamableHttp and without --stateful, each session has one server process, and not each request.',
    'With sse and ws, one server process serves all sessions, as there (--share shared); answers go to those who asked.',
    'A server that goes away is started or reached again, and its calls end at once with an error.',
    'A message may have 10 MiB (--frame-bytes-max); there a request over HTTP has 100 KB.',
    'What is said to people goes to stderr.',
  ],
  plan,
};

const inputs = ['--stdio', '--sse', '--streamableHttp'] as const;

function plan(said: Said, { platform }: PeerWorld): Plan {
  const draft = new PlanDraft();
  for (const word of [...said.words, ...(said.rest ?? [])])
    draft.refuse(`${word}: supergateway takes the server's command as one text: --stdio 'COMMAND ARGS'`);
  const given = inputs.filter((name) => said.is(name));
  const [input] = given;
  if (input === undefined || given.length > 1) {
    draft.refuse(`say one of --stdio 'COMMAND ARGS', --sse URL and --streamableHttp URL`);
    return draft.done();
  }
  if (input === '--stdio') planFront(draft, said, platform);
  else planReach(draft, said, said.one(input)!);
  return draft.done();
}

function planReach(draft: PlanDraft, said: Said, url: string): void {
  const output = said.one('--outputTransport') ?? 'stdio';
  if (output !== 'stdio') {
    draft.refuse(
      `--outputTransport ${output} with a URL: supergateway does not do this. Here it is 'ninelives forward ${output === 'ws' ? 'ws' : 'http'} --upstream URL'`,
    );
  }
  draft.say('forward', 'stdio');
  addLevel(draft, said);
  draft.say('--upstream', url);
  for (const header of said.all('--header')) {
    const [name = '', ...value] = header.split(':');
    if (value.length === 0) draft.refuse(`--header: write it as 'Name: value'`);
    else sendHeader(draft, name.trim(), value.join(':').trim());
  }
  const token = said.one('--oauth2Bearer');
  if (token !== undefined) sendHeader(draft, 'Authorization', `Bearer ${token}`);
}

/** What each kind of output is here: the front, where its path is said, and whether all clients share a server there. */
const outputs: Readonly<
  Record<string, readonly [front: 'http' | 'ws', flag: string, path: string, isShared: boolean]>
> = {
  sse: ['http', '--ssePath', '/sse', true],
  ws: ['ws', '--messagePath', '/message', true],
  streamableHttp: ['http', '--streamableHttpPath', '/mcp', false],
};

function planFront(draft: PlanDraft, said: Said, platform: NodeJS.Platform): void {
  const kind = said.one('--outputTransport') ?? 'sse';
  const output = outputs[kind];
  if (output === undefined) {
    draft.refuse(
      kind === 'stdio'
        ? "--outputTransport stdio with --stdio: supergateway does not do this. Here it is 'ninelives forward stdio -- COMMAND ARGS'"
        : `--outputTransport ${kind}: it is stdio, sse, ws or streamableHttp`,
    );
    return;
  }
  const [front, pathFlag, path, isShared] = output;
  draft.say('forward', front);
  listenOn(draft, { host: undefined, port: said.one('--port') ?? '8000', isGuarded: false });
  draft.say('--path', said.one(pathFlag) ?? path);
  draft.remark('It listens on this machine alone; others would reach it there.');
  if (kind === 'sse') {
    draft.remark(
      'The older HTTP with server-sent events is not served. Clients that try streamable HTTP first find it.',
    );
  }
  if (kind === 'streamableHttp') passOn(draft, { flags }, said);
  addLevel(draft, said);
  addOrigins(draft, said.is('--cors') ? said.all('--cors') : undefined);
  for (const header of ['--header', '--oauth2Bearer'])
    if (said.is(header)) draft.remark(`${header} is not set on answers.`);
  const command = commandOf(said.one('--stdio')!, platform);
  draft.say(...(isShared ? ['--share', 'shared'] : []), '--', ...command);
}

function addOrigins(draft: PlanDraft, origins: readonly string[] | undefined): void {
  const named = origins?.filter((origin) => /^[a-z][\w+.-]*:\/\/[^*]+$/i.test(origin)) ?? [];
  for (const origin of named) draft.say('--allow-origin', origin);
  if (origins !== undefined && named.length < Math.max(1, origins.length)) {
    draft.remark('--cors: no page comes in but those that are named, as in --cors https://example.com.');
  }
}

const levels: Readonly<Record<string, string>> = { debug: 'debug', info: 'info', none: 'silent' };

function addLevel(draft: PlanDraft, said: Said): void {
  const level = said.one('--logLevel');
  if (level === undefined) return;
  const ours = levels[level];
  if (ours === undefined) draft.refuse(`--logLevel ${level}: it is debug, info or none`);
  else draft.say('--log-level', ours);
}
