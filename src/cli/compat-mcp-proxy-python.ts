/**
 * The command line of `mcp-proxy` of PyPI (sparfenyuk), which has the name of the one of npm and other flags: a client's side in front
 * of a URL, and a listening side in front of commands.
 */

import { PlanDraft, listenOn, passOn, sendHeader } from './compat-plan.ts';
import type { Peer, PeerFlag, PeerWorld, Plan, Said } from './compat-peer.ts';

const several =
  "several servers behind one address are for 'ninelives gateway --config FILE': see docs/reference/gateway.md";

const flags: readonly PeerFlag[] = [
  {
    name: '--headers',
    also: ['-H'],
    value: 'name value',
    takes: 'pair',
    fate: 'same',
    here: "--header 'NAME: VALUE'",
  },
  {
    name: '--transport',
    value: 'sse|streamablehttp',
    fate: 'needless',
    says: 'The server is asked which of the two it speaks.',
  },
  {
    name: '--env',
    also: ['-e'],
    value: 'name value',
    takes: 'pair',
    fate: 'same',
    here: 'a variable of the environment',
  },
  { name: '--cwd', value: 'folder', fate: 'same', here: 'cd FOLDER' },
  { name: '--pass-environment', fate: 'needless', says: 'A server has the environment of ninelives.' },
  {
    name: '--no-pass-environment',
    fate: 'otherwise',
    says: "A server has the environment of ninelives: 'env -i' in front of it takes that away.",
  },
  { name: '--log-level', value: 'level', fate: 'same', here: '--log-level' },
  { name: '--debug', fate: 'same', here: '--log-level debug' },
  { name: '--port', value: 'port', fate: 'same', here: '--listen HOST:PORT' },
  {
    name: '--host',
    value: 'address',
    fate: 'otherwise',
    here: '--listen HOST:PORT',
    says: 'An address that others reach takes --allow-host or --auth-token-file as well.',
  },
  { name: '--sse-port', value: 'port', fate: 'same', here: '--listen HOST:PORT' },
  { name: '--sse-host', value: 'address', fate: 'otherwise', here: '--listen HOST:PORT', says: 'As --host.' },
  {
    name: '--stateless',
    fate: 'otherwise',
    says: 'Clients that shake hands have sessions; those of 2026-07-28 have none anyway.',
  },
  {
    name: '--allow-origin',
    value: 'origin',
    takes: 'many',
    fate: 'otherwise',
    here: '--allow-origin',
    says: 'Each page is named: for * none comes in.',
  },
  { name: '--named-server', value: 'name command', takes: 'pair', fate: 'refused', says: several },
  { name: '--named-server-config', value: 'file', fate: 'refused', says: several },
];

/** What nobody says to the one of npm. */
const ownFlags: readonly string[] = flags
  .flatMap(({ name, also = [] }) => [name, ...also])
  .filter((name) => !['--port', '--host', '--debug', '--stateless'].includes(name));

/**
 * Whether a line with the common name is for this one: it has one of these flags, or a URL where a command would stand. Flags count up
 * to `--`: also behind a command, where the one of npm would keep them from it as well.
 */
export function isForPython(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const front = end === -1 ? words : words.slice(0, end);
  if (front.some((word) => ownFlags.includes(word.split('=', 1)[0]!))) return true;
  return isUrl(front.find((word) => !word.startsWith('-')) ?? '');
}

function isUrl(word: string): boolean {
  return /^https?:\/\//.test(word);
}

export const pythonMcpProxy: Peer = {
  name: 'mcp-proxy',
  title: 'mcp-proxy of PyPI',
  flags,
  isCamel: false,
  endsAtCommand: false,
  usually: [
    'Web pages do not come in, as there; Host and Origin of each request are checked.',
    'HTTP with server-sent events is not served; streamable HTTP is, at /mcp.',
    'One server process serves all sessions, as there (--share shared); without that each session has its own.',
    'A server has the environment of ninelives; there it has a part of it unless --pass-environment is said.',
    'A server that goes away is started or reached again, and its calls end at once with an error.',
    'GET /status is GET /healthz.',
  ],
  plan,
};

/** Python's names of levels. */
const levels: Readonly<Record<string, string>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
};

function plan(said: Said, { environment }: PeerWorld): Plan {
  const draft = new PlanDraft();
  const words = [...said.words, ...(said.rest ?? [])];
  const [first = environment['SSE_URL'] ?? '', ...args] = words;
  const isClient = isUrl(first);
  draft.say('forward', isClient ? 'stdio' : 'http');
  if (!isClient) listen(draft, said);
  passOn(draft, { flags }, said);
  const level = said.is('--debug') ? 'DEBUG' : said.one('--log-level');
  if (level !== undefined) {
    const ours = levels[level];
    if (ours === undefined) draft.refuse(`--log-level ${level}: it is one of ${Object.keys(levels).join(', ')}`);
    else draft.say('--log-level', ours);
  }
  if (isClient) {
    draft.say('--upstream', first);
    for (const [name, value] of pairs(said.all('--headers'))) sendHeader(draft, name, value);
    const token = environment['API_ACCESS_TOKEN'];
    if (token !== undefined && token !== '') sendHeader(draft, 'Authorization', `Bearer ${token}`);
    return draft.done();
  }
  for (const [name, value] of pairs(said.all('--env'))) draft.set(name, value);
  const folder = said.one('--cwd');
  if (folder !== undefined) draft.goTo(folder);
  const hasNamed = said.is('--named-server') || said.is('--named-server-config');
  if (first === '' && !hasNamed)
    draft.refuse("the server's command is missing: ninelives compat mcp-proxy -- COMMAND ARGS");
  draft.say('--share', 'shared', '--', first, ...args);
  return draft.done();
}

function listen(draft: PlanDraft, said: Said): void {
  const host = said.one('--host') ?? said.one('--sse-host');
  const port = said.one('--port') ?? said.one('--sse-port') ?? '0';
  listenOn(draft, { host: host ?? '127.0.0.1', port, isGuarded: false });
  draft.remark(
    '/sse is not served: clients of the older HTTP with server-sent events find nothing there. Streamable HTTP is at /mcp.',
  );
  for (const origin of said.all('--allow-origin')) {
    if (origin === '*')
      draft.remark('--allow-origin *: no page comes in until it is named, as in https://example.com.');
    else draft.say('--allow-origin', origin);
  }
}

function pairs(words: readonly string[]): readonly (readonly [string, string])[] {
  return words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? ''] as const] : []));
}
