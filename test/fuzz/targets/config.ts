/** Files that people write for the gateway: whatever is in them, there is a value or a mistake with its place, and never an exception. */

import { parseGateway } from '../../../src/config/gateway-file.ts';
import { parseProfile } from '../../../src/config/profile-file.ts';
import { readBreakpoint } from '../../../src/rules/read-breakpoint.ts';
import { readRuleFile } from '../../../src/rules/rule-file.ts';
import { encodeText } from '../../../src/protocol/text.ts';
import { fuzzCases } from '../fuzz-case.ts';
import { type PureTarget, broken } from '../fuzz-target.ts';

const gateway = `version: 1
listen: 127.0.0.1:7400
upstreams:
  files: { command: node, args: ['server.mjs', '\${HOME}'], env: { KEY: '\${TOKEN}' }, share: shared }
  far:
    url: https://far.test/mcp
    headers: { Authorization: 'Bearer \${TOKEN}' }
routes:
  - { path: /files, upstream: files, limits: { pendingPerSession: 10 }, times: { requestIdleMs: off } }
  - path: /far/*
    host: '*.far.test'
    upstream: far
    tags: { slow: { limits: { pendingPerSession: 1 } } }
methods: { tools/call: { idleMs: 5000, absoluteMs: off } }
`;
const profile = `name: own
extends: mcp
shutdownMethods: [shutdown]
methodTimes:
  tools/call: { idleMs: 1000, absoluteMs: 60000 }
`;
const rules = `version: 1
rules:
  - id: no-deletes
    when: frame.method == 'tools/call' && frame.name.startsWith('delete')
    do: [{ block: { code: -32001, message: 'Not here.' } }]
  - id: slow
    priority: 5
    do: [{ delay: { ms: 10 } }, { tag: { add: [slow] } }]
`;
const breakpoint =
  '{"when":"meta.frame_count > 3","kind":"request","method":"tools/call","transition":{"from":"initializing","to":"active"},"timeoutMs":1000}';

/** What a prototype that was tampered with would show. */
const ownNames = Object.getOwnPropertyNames(Object.prototype).join();

const surroundings = { environment: { TOKEN: 'secret', HOME: '/home/ann' }, folder: '/nowhere' };

export const config: PureTarget = {
  name: 'config',
  kind: 'pure',
  law: 'a file is a value, or has mistakes with their places; nothing throws, and no prototype changes',
  cases: fuzzCases(
    [gateway, profile, rules, breakpoint].map((text) => encodeText(text)),
    [
      ...[
        '\n',
        '  ',
        '\t',
        ': ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        ',',
        '"',
        "'",
        '#',
        '&a ',
        '*a',
        '<<: *a\n',
        '|\n',
        '? ',
        '!!',
      ],
      ...[
        '!!js/function ',
        '!!binary ',
        '!!set ',
        '%YAML 1.1\n',
        '---\n',
        '...\n',
        '~',
        'null',
        '.inf',
        '.nan',
        '0x10',
      ],
      ...[
        '__proto__: { polluted: 1 }\n',
        '"__proto__":',
        'constructor: {}\n',
        'toString',
        '&a [*a]',
        '1e309',
        '-1',
        '0',
      ],
      ...[
        '${',
        '${HOME',
        '$${',
        'file:',
        'file:/etc/hostname',
        'off',
        'version: 2\n',
        '\u0000',
        'ü',
        '\ufeff',
        '\u2028',
      ],
      ...[
        'rules:\n',
        'routes: []\n',
        'upstreams: {}\n',
        'when: ',
        'do: []\n',
        'frame.',
        '&& true',
        '('.repeat(40),
        '2001-01-01',
      ],
    ],
  ),
  check: ({ bytes, choices }) => {
    const text = Buffer.from(bytes).toString('utf8');
    switch ((choices[0] ?? 0) % 4) {
      case 0: {
        const read = parseGateway(text, surroundings);
        if ('mistakes' in read) expectPlaces(read.mistakes, text);
        break;
      }
      case 1: {
        const read = parseProfile(text, 'profile.yaml');
        if ('problem' in read && !/^profile\.yaml:[1-9]\d*: /.test(read.problem)) broken(`no place: ${read.problem}`);
        break;
      }
      case 2: {
        const read = readRuleFile(text);
        if ('problems' in read) expectPlaces(read.problems, text);
        break;
      }
      default: {
        const read = readBreakpoint(jsonOrText(text));
        if ('problem' in read && read.problem === '') broken('a problem without words');
      }
    }
    if ('polluted' in {} || Object.getOwnPropertyNames(Object.prototype).join() !== ownNames)
      broken('every object has what one file said');
  },
};

function expectPlaces(
  mistakes: readonly { readonly line: number; readonly column: number; readonly message: string }[],
  text: string,
): void {
  if (mistakes.length === 0) broken('refused without a mistake');
  const lines = text.split('\n').length;
  for (const { line, column, message } of mistakes) {
    if (!(line >= 1 && line <= lines + 1 && column >= 1)) broken(`a mistake at ${line}:${column} of ${lines} lines`);
    if (message === '') broken('a mistake without words');
    if (/secret/.test(message)) broken('a mistake tells a secret');
  }
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
