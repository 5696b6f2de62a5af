/** Conditions of rules: read or refused with the place of the mistake, and asked about a frame within a bounded time. */

import { Condition, parseCondition } from '../../../src/rules/condition.ts';
import { encodeText } from '../../../src/protocol/text.ts';
import { call, sceneOf } from '../../rules/scenes.ts';
import { fuzzCases } from '../fuzz-case.ts';
import { type PureTarget, broken } from '../fuzz-target.ts';

/** Far more than any condition takes, since other work may hold this process up. */
const conditionMsMax = 1000;

const scene = sceneOf({
  message: call('delete_all', {
    list: Array.from({ length: 300 }, (_, at) => at),
    text: 'a'.repeat(2000),
    deep: { a: { b: [] } },
  }),
  claims: { sub: 'ann', groups: ['a', 'b', 'c'] },
});

export const rules: PureTarget = {
  name: 'rules',
  kind: 'pure',
  law: 'a condition is refused with its place, or answers in time',
  cases: fuzzCases(
    [
      `frame.method == 'tools/call' && frame.name.startsWith('delete')`,
      `meta.session_tags.exists(t, t == 'slow') || meta.pending_count > 3`,
      `frame.params.arguments.list.exists(x, frame.params.arguments.list.exists(y, x + y > 500))`,
      `auth.claims.groups.all(g, g.size() < 3) && !(now > timestamp('2020-01-01T00:00:00Z'))`,
      `has(frame.params.arguments.deep) ? frame.params.arguments.deep.a.b.size() == 0 : http.header('x') == ''`,
      `frame.name.glob('d*a*l*l') && frame.params.arguments.text.contains('b')`,
    ].map((text) => encodeText(text)),
    [
      ...[
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '.',
        ',',
        '?',
        ':',
        '!',
        '-',
        '+',
        '*',
        '/',
        '%',
        '&&',
        '||',
        '==',
        '<',
        '"',
        "'",
      ],
      ...[
        'true',
        'null',
        '1',
        '1u',
        '0',
        '1.5',
        '9223372036854775807',
        '-9223372036854775808',
        '1/0',
        '"\\u00"',
        'b""',
      ],
      ...['.map(x, x)', '.filter(y, y > 1)', '.exists(z, z == z)', '.all(a, true)', '.matches("(a+)+$")', '.size()'],
      ...[
        'frame',
        'frame.params',
        'meta.',
        'auth.claims',
        'http.header("a")',
        'now',
        '__proto__',
        '.constructor',
        '.toString()',
      ],
      ...[
        '.glob("*a*a*a*a*a*b")',
        '.glob("")',
        'size(',
        'string(',
        'int("',
        'duration("',
        'timestamp("',
        '.split("")',
        '.join(",")',
      ],
      ...[
        '['.repeat(50),
        '('.repeat(50),
        '!'.repeat(60),
        'x.'.repeat(60),
        '[1,2,3]',
        '{"a":1}',
        'cel.bind(a, 1, a)',
        'optional.of(1)',
      ],
      ...[
        '.?a',
        '[?0]',
        '.orValue(1)',
        'dyn(1)',
        'type(1)',
        '"a" in ',
        'ü',
        '\n',
        '\u0000',
        '// x\n',
        'r"',
        '"""',
        '.lowerAscii()',
      ],
    ],
  ),
  check: ({ bytes }) => {
    const text = Buffer.from(bytes).toString('utf8');
    const begun = performance.now();
    const read = parseCondition(text);
    if (read instanceof Condition) {
      try {
        read.holds(scene);
      } catch (error) {
        // What cannot be said of this frame is an answer; what breaks the evaluator is none.
        if (error instanceof RangeError && /call stack/.test(error.message)) broken('a condition exhausts the stack');
      }
    } else {
      if (!(read.offset >= 0 && read.offset <= text.length))
        broken(`a mistake at ${read.offset} of ${text.length} characters`);
      if (read.message === '') broken('a mistake without words');
    }
    const tookMs = performance.now() - begun;
    if (tookMs > conditionMsMax) broken(`it took ${Math.round(tookMs)} ms`);
  },
};
