/** docs/reference/rules.md: what a rule file may say. Keys, bounds and names are read from the schema and the conditions. */

import { z } from 'zod';
import { conditionFields, conditionLimits } from '../../src/rules/condition.ts';
import { defaultPauseLimits } from '../../src/rules/pause-desk.ts';
import { builtInInterceptors } from '../../src/rules/plugins.ts';
import { oldVersionMsMax } from '../../src/rules/rule-engine.ts';
import { ruleFileLimits, ruleFileSchema } from '../../src/rules/rule-schema.ts';
import { conditionWorkMax, loopDepthMax } from '../../src/rules/work.ts';
import { code, fenced, generatedFrom, table } from './markdown.ts';

/** What the schema says of one key. */
interface Described {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly required?: readonly string[];
  readonly items?: Described;
}

const fieldSentences: Readonly<Record<string, string>> = {
  'frame.kind': '`request`, `notification` or `response`.',
  'frame.direction': '`client-to-server` or `server-to-client`.',
  'frame.method': 'The method; empty for a response.',
  'frame.name':
    'The tool of `tools/call`, the prompt of `prompts/get`: `params.name`, or empty. The message is not parsed for it.',
  'frame.bytes': 'Size of the frame.',
  'frame.id': 'The id; `null` for a notification.',
  'frame.params': 'Of a request or notification, where there are any: ask `has(frame.params)`.',
  'frame.result': 'Of a response that is no error.',
  'frame.error': 'Of a response that is one.',
  'meta.frame_count': 'Frames of the session before this one.',
  'meta.session_duration_ms': 'Age of the session.',
  'meta.session_tags': 'Its [tags](tags.md) and labels.',
  'meta.session_state': 'Its [state](states-and-outcomes.md).',
  'meta.pending_count': 'Requests that wait for an answer, in both directions.',
  'meta.protocol_version': 'The negotiated revision; empty before there is one.',
  'meta.client_name': 'What the client calls itself; empty before it has said so.',
  'meta.server_name': 'What the server calls itself; empty before it has said so.',
  'meta.principal': 'Who the client is; empty where nobody knows.',
  'meta.route': 'The route that the session came in by; empty where there is none.',
  'auth.principal': 'The same as `meta.principal`.',
  'auth.claims':
    'What the signed token (JWT) says that the request came with, by the names of its claims: `auth.claims.role`. On WebSocket, and of what a server sends, the token that the session was opened with. The first 4096 characters of it; empty for other tokens. A claim that is not there is an error: see `onError`, or ask `has(auth.claims.role)`.',
};

const builtInSentences: Readonly<Record<string, string>> = {
  'allow-methods': '`methods`: patterns of what a client may ask. Handshake and pings always pass. `message?`',
  'deny-methods': '`methods`: patterns of what it may not ask. `message?`',
  'allow-tools': '`tools`: patterns of the tools that may be called. They are not taken out of lists. `message?`',
  'deny-tools': '`tools`: patterns of those that may not. `message?`',
  redact: '`keys`: members whose values are replaced, at any depth. `replacement?`, `direction?`',
  'rate-limit': '`requests` in `perMs`, for each session (`by?`: `session`, `principal`, `tool`, `all`). `methods?`',
  'size-limit': '`bytesMax`: larger messages are refused. `direction?`',
};

const example = `version: 1
rules:
  - id: no-deletes
    description: Nothing is deleted through here
    when: frame.method == "tools/call" && frame.name.glob("delete_*")
    do:
      - log: { level: warn }
      - block: { message: Deleting is switched off }
plugins:
  - use: redact
    with: { keys: [password, token] }`;

/** @param plugin the example of one. */
export function rulesPage(plugin: string): string {
  const schema = z.toJSONSchema(ruleFileSchema, { io: 'input', target: 'draft-7' }) as Described;
  const rule = schema.properties?.['rules']?.items;
  const actions = rule?.properties?.['do']?.items;
  return [
    generatedFrom('src/rules/rule-schema.ts', 'src/rules/condition.ts'),
    '# Rule files',
    `\`--rules FILE\` puts the rules of a file in force, for every front. \`ninelives rules check FILE\` says what is wrong with one.
Editors check it while it is written, with [rules.schema.json](rules.schema.json) as its schema:
\`# yaml-language-server: $schema=rules.schema.json\`.`,
    fenced('yaml', example),
    '## A rule',
    keysTable(rule),
    `Rules are asked by priority, those of equal priority in the order of the file, until an action ends it: \`continue\`, \`block\`,
\`mock\`, or a \`fault\` other than \`slow\`. A frame that a rule has changed meets the rules after it as it is then.`,
    '## Actions',
    `Each entry of \`do\` is one action with what it is told.`,
    table(
      ['action', 'with', 'what it does'],
      Object.entries(actions?.properties ?? {}).map(([name, described]) => [
        code(name),
        Object.keys(described.properties ?? {})
          .map((key) => code(key))
          .join(', '),
        described.description ?? '',
      ]),
    ),
    `What a delayed or paused frame holds up, and what \`block\` and \`mock\` mean for each kind of frame, is as with
[interceptors](interceptors.md). An action on an answer is an action on the request that it answers: blocked, the requester is
refused; mocked, it gets this content instead; dropped, it waits on until its deadline. \`mock\` makes a notification vanish.`,
    '## Conditions',
    `A condition is an expression in [CEL](https://cel.dev). It is read once; names that do not exist, and types that do not fit,
are mistakes of the file.`,
    table(
      ['name', 'what it is'],
      [
        ...Object.entries(conditionFields).flatMap(([owner, names]) =>
          names.map((name) => [code(`${owner}.${name}`), sentenceOf(fieldSentences, `${owner}.${name}`)]),
        ),
        [
          code('http.header("x")'),
          'A header of the exchange that brought the frame, in any letters; empty where there is none.',
        ],
        [code('now'), 'The time: `now.getHours()`.'],
      ],
    ),
    `Beside what CEL has, texts have \`glob\`, with \`*\` for any text. \`matches\` and \`cel.bind\` are refused, since they have no bound.
Numbers of a message are \`double\`: \`frame.params.n > 3\`, \`frame.params.n + 1.0\`. Loops (\`exists\`, \`all\`, \`filter\`, \`map\`) go over
members of the scene, ${loopDepthMax} deep at most.`,
    `A condition fails where it asks for a member that is not there. With \`onError: open\` the rule then does nothing; with \`closed\`
the frame is blocked: say that where a rule protects something, and ask \`has(...)\` before what may be missing.`,
    `Rules that say \`frame.method ==\`, \`frame.kind ==\`, \`frame.direction ==\` or \`frame.name ==\` (or \`in [...]\`) cost nothing on other
frames. Conditions on \`params\`, \`result\` and \`error\` parse the message, which is then forwarded as it was parsed.`,
    '## Breakpoints',
    `A rule \`on: transition\` is asked about the first frame that comes, from either side, after its session went from \`from\` to \`to\`,
and about no other until that happens again. With \`pause\` it holds the session there: the frame, and those behind it. The
transition itself has happened by then. To hold the frame that causes one, say what it is:
\`when: frame.method == "initialize"\`.`,
    '## Plugins',
    table(
      ['built in', 'with'],
      [...builtInInterceptors.keys()].map((name) => [code(name), sentenceOf(builtInSentences, name)]),
    ),
    `A path (\`./x.mjs\`) or a package exports as \`interceptor\`, or by default, what \`defineInterceptor\` gives. \`create\` is told what
stands under \`with\`, and gives the function that an [interceptor](interceptors.md) has as \`intercept\`. A module is loaded once: a
changed one wants a new process.`,
    fenced('ts', plugin),
    '## Reloads',
    `A file that changes is loaded again, and on SIGHUP: all of it, or nothing where it has a mistake. The log says which rules were
added, removed and changed. Sessions stay; each has its version until nothing in it waits for an answer, or for ${oldVersionMsMax / 1000} s.`,
    '## Bounds',
    table(
      ['what', 'at most'],
      [
        ['bytes of a rule file', String(ruleFileLimits.fileBytesMax)],
        ['rules', String(ruleFileLimits.rulesMax)],
        ['actions of a rule', String(ruleFileLimits.actionsPerRule)],
        ['plugins', String(ruleFileLimits.pluginsMax)],
        ['bytes of a file that a mock names', String(ruleFileLimits.mockFileBytesMax)],
        ['characters of a condition', String(conditionLimits.charactersMax)],
        ['depth, and parts, of a condition', `${conditionLimits.depthMax}, ${conditionLimits.nodesMax}`],
        ['entries of a list in a condition', String(conditionLimits.listMax)],
        ['bytes of a frame times its longest list, for a condition with a loop', String(conditionWorkMax)],
        ['paused frames', String(defaultPauseLimits.pausedFramesMax)],
        ['bytes of paused frames', String(defaultPauseLimits.pausedBytesMax)],
      ],
    ),
  ].join('\n\n');
}

function keysTable(object: Described | undefined): string {
  const required = new Set(object?.required);
  return table(
    ['key', 'value', 'meaning'],
    Object.entries(object?.properties ?? {}).map(([key, described]) => [
      code(key),
      `${valuesOf(described)}${required.has(key) ? ', required' : ''}`,
      described.description ?? '',
    ]),
  );
}

function valuesOf({ enum: values, type, default: usual }: Described): string {
  const kinds = values === undefined ? (type ?? 'any') : values.map((value) => code(String(value))).join(', ');
  return usual === undefined ? kinds : `${kinds}; ${code(JSON.stringify(usual))} by default`;
}

function sentenceOf(sentences: Readonly<Record<string, string>>, name: string): string {
  const sentence = sentences[name];
  if (sentence === undefined) throw new Error(`Nobody says what '${name}' is`);
  return sentence;
}
