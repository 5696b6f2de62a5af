/** The command line of `mcp-remote`: pipes in front of a URL, with a login where the server wants one. */

import { PlanDraft, passOn, sendHeader } from './compat-plan.ts';
import type { Peer, PeerFlag, PeerWorld, Plan, Said } from './compat-peer.ts';
import { messageOf } from '../reasons.ts';

/** The variable by which a client's secret reaches the login. */
const secretVariable = 'NINELIVES_COMPAT_CLIENT_SECRET';

const byHand = 'ask for a token by hand and say --header-file FILE';

const flags: readonly PeerFlag[] = [
  {
    name: '--header',
    value: 'name: value',
    isRepeated: true,
    fate: 'same',
    here: '--header',
    says: '${VARIABLE} in it is taken from the environment.',
  },
  {
    name: '--header-file',
    value: 'file',
    isRepeated: true,
    fate: 'same',
    here: '--header',
    says: 'Each line of the file, read when it starts.',
  },
  {
    name: '--allow-http',
    fate: 'same',
    here: '--upstream http://...',
    says: 'Without it, http:// is for this machine alone, as there.',
  },
  {
    name: '--transport',
    value: 'http-first|sse-first|http-only|sse-only',
    fate: 'needless',
    says: 'The server is asked which of the two it speaks.',
  },
  {
    name: '--protocol',
    value: 'legacy|auto',
    fate: 'otherwise',
    says: 'auto: nothing is translated between the eras. Client and server have to have a revision in common.',
  },
  { name: '--debug', fate: 'otherwise', here: '--log-level debug', says: 'On stderr, and not in a file.' },
  { name: '--silent', fate: 'same', here: '--log-level silent' },
  {
    name: '--enable-proxy',
    fate: 'needless',
    says: 'HTTP_PROXY, HTTPS_PROXY and NO_PROXY always hold, but for servers on this machine.',
  },
  {
    name: '--host',
    value: 'name',
    fate: 'otherwise',
    says: 'A browser comes back to http://127.0.0.1: register that as the redirect address.',
  },
  {
    name: '--callback-path',
    value: 'path',
    fate: 'otherwise',
    says: 'A browser comes back to /callback: register that as the redirect address.',
  },
  { name: '--auth-timeout', value: 'seconds', fate: 'needless', says: 'A login is waited for.' },
  { name: '--auth-success-url', value: 'url', fate: 'needless', says: 'The page that says so is our own.' },
  {
    name: '--resource',
    value: 'uri',
    fate: 'refused',
    says: 'tokens are asked for the resource that the server names: leave it out where that is the one',
  },
  {
    name: '--disable-resource-parameter',
    fate: 'refused',
    says: `tokens are always asked for one resource: ${byHand}`,
  },
  {
    name: '--authorize-param',
    value: 'name=value',
    isRepeated: true,
    fate: 'refused',
    says: `an authorization server is asked for nothing beyond the specification: ${byHand}`,
  },
  {
    name: '--static-oauth-client-info',
    value: 'json|@file',
    fate: 'same',
    here: '--oauth-client-id and --oauth-client-secret-env',
    says: '${VARIABLE} in it is taken from the environment.',
  },
  {
    name: '--static-oauth-client-metadata',
    value: 'json|@file',
    fate: 'otherwise',
    here: '--oauth-scope',
    says: 'Its scope is asked for; its other members have no flag here.',
  },
  {
    name: '--client-metadata-url',
    value: 'url',
    fate: 'same',
    here: '--oauth-client-id',
    passes: 'text',
  },
  {
    name: '--device-code',
    fate: 'refused',
    says: "a login is done by browser: 'ninelives auth login URL' prints the page, to be opened on any machine",
  },
  { name: '--client-credentials', fate: 'refused', says: `a login is somebody's: ${byHand}` },
  { name: '--token-endpoint', value: 'url', fate: 'refused', says: 'it belongs to --client-credentials' },
  { name: '--use-id-token', fate: 'refused', says: `access tokens are sent, and no others: ${byHand}` },
  {
    name: '--ignore-tool',
    value: 'pattern',
    isRepeated: true,
    fate: 'refused',
    says: "write a rule file and run the line below with '--rules FILE': docs/guides/block-a-tool.md",
  },
  { name: '--connect-timeout', value: 'seconds', fate: 'needless', says: '--initialize-ms is the time to be there.' },
  {
    name: '--headers-timeout',
    value: 'seconds',
    fate: 'otherwise',
    here: '--request-idle-ms',
    passes: 'seconds',
    says: 'It is the time without an answer or progress.',
  },
  { name: '--body-timeout', value: 'seconds', fate: 'needless', says: 'A stream that is silent stays open.' },
  {
    name: '--keep-alive',
    fate: 'otherwise',
    says: 'The server is not pinged: a session that it gives up is begun anew, and the client notices nothing.',
  },
  { name: '--ping-interval', value: 'seconds', fate: 'otherwise', says: 'As --keep-alive.' },
  {
    name: '--ipv4',
    fate: 'otherwise',
    says: 'Say NODE_OPTIONS=--dns-result-order=ipv4first where an address of the other kind leads nowhere.',
  },
  { name: '--disable-cookies', fate: 'needless', says: 'Cookies of servers are not kept.' },
];

export const mcpRemote: Peer = {
  name: 'mcp-remote',
  title: 'mcp-remote',
  flags,
  isCamel: false,
  endsAtCommand: false,
  usually: [
    'Logins are kept in $XDG_CONFIG_HOME/ninelives/auth, and those of mcp-remote are not read: log in once more.',
    'A browser comes back to http://127.0.0.1/callback at a free port, unless a port is said.',
    'A request is given up after 5 minutes without an answer or progress (--request-idle-ms).',
    'A session that the server has lost is begun anew, and the client notices nothing.',
    'Requests of the server (sampling, elicitation, roots) and cancellations pass.',
    'Cookies of servers are not kept: a load balancer has to go by the Mcp-Session-Id.',
  ],
  plan,
};

function plan(said: Said, world: PeerWorld): Plan {
  const draft = new PlanDraft();
  const [url, port, ...more] = said.words;
  if (url === undefined) draft.refuse('the URL of the server is missing: ninelives compat mcp-remote URL');
  for (const word of [...more, ...(said.rest ?? [])]) draft.refuse(`${word}: nothing is known of a further word`);
  draft.say('forward', 'stdio');
  if (said.is('--debug')) draft.say('--log-level', 'debug');
  else if (said.is('--silent')) draft.say('--log-level', 'silent');
  draft.number('--oauth-port', { name: 'the port of the callback', text: port });
  passOn(draft, { flags }, said);
  addClient(draft, said, world);
  if (url !== undefined) addServer(draft, url, said.is('--allow-http'));
  for (const line of headerLines(draft, said, world)) {
    const [, name, value] = /^([\w-]+):\s*(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined) draft.refuse(`a header is not written as 'Name: value'`);
    else sendHeader(draft, name, expanded(draft, value, world.environment));
  }
  return draft.done();
}

function addServer(draft: PlanDraft, url: string, isHttpAllowed: boolean): void {
  draft.say('--upstream', url);
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' };
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol === 'http:' && !isHere && !isHttpAllowed) {
    draft.refuse(`${url}: whoever is in between reads what is sent to http://. Say https://, or --allow-http`);
  }
}

function headerLines(draft: PlanDraft, said: Said, world: PeerWorld): readonly string[] {
  const inFiles = said.all('--header-file').flatMap((file) => {
    const text = textOf(draft, '--header-file', file, world) ?? '';
    return text.split(/\r?\n/).map((line) => line.trim());
  });
  return [...said.all('--header'), ...inFiles.filter((line) => line !== '' && !line.startsWith('#'))];
}

function addClient(draft: PlanDraft, said: Said, world: PeerWorld): void {
  const info = jsonOf(draft, said, '--static-oauth-client-info', world);
  const { client_id: id, client_secret: secret } = info;
  if (typeof id === 'string') draft.say('--oauth-client-id', expanded(draft, id, world.environment));
  if (typeof secret === 'string') {
    draft.set(secretVariable, expanded(draft, secret, world.environment));
    draft.say('--oauth-client-secret-env', secretVariable);
  }
  const { scope, ...others } = jsonOf(draft, said, '--static-oauth-client-metadata', world);
  if (typeof scope === 'string') draft.say('--oauth-scope', scope);
  const names = Object.keys(others);
  if (names.length > 0) draft.remark(`--static-oauth-client-metadata: nothing is done with ${names.join(', ')}.`);
}

type Members = Readonly<Record<string, unknown>>;

function jsonOf(draft: PlanDraft, said: Said, flag: string, world: PeerWorld): Members {
  const given = said.one(flag);
  if (given === undefined) return {};
  const text = given.startsWith('@') ? textOf(draft, flag, given.slice(1), world) : given;
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Members;
  } catch {
    // Said below: what is wrong with it may show a secret.
  }
  draft.refuse(`${flag}: this is no JSON object`);
  return {};
}

function textOf(draft: PlanDraft, flag: string, file: string, { readText }: PeerWorld): string | undefined {
  try {
    return readText(file);
  } catch (error) {
    draft.refuse(`${flag} ${file} cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}

/** With the variables that it names; one that is not there is said, and not left out. */
function expanded(draft: PlanDraft, text: string, environment: PeerWorld['environment']): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = environment[name];
    if (value === undefined) draft.refuse(`\${${name}}: there is no such variable in the environment`);
    return value ?? '';
  });
}
