/**
 * Generators of JSON-RPC messages in every spelling that JSON allows: order, white space, escapes in keys and values,
 * duplicate keys, numbers written in all ways. What they make is text, so that the text is the thing under test.
 */
import fc from 'fast-check';
import { knownMethods } from '../../src/protocol/methods.ts';

const rarely = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: usual, weight: 9 }, { arbitrary: rare, weight: 1 });

const space = rarely(fc.constant(''), fc.constantFrom(' ', '\n', '\t', '\r\n', '  '));

const escapedCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A name as a JSON string, one of its characters escaped now and then. */
function spelled(name: string): fc.Arbitrary<string> {
  const escaped = fc.nat(Math.max(0, name.length - 1)).map((at) => {
    const character = name[at];
    return character === undefined
      ? JSON.stringify(name)
      : `"${name.slice(0, at)}${escapedCharacter(character)}${name.slice(at + 1)}"`;
  });
  return fc.oneof({ arbitrary: fc.constant(JSON.stringify(name)), weight: 19 }, { arbitrary: escaped, weight: 1 });
}

const stringText = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'Z', '0', ' ', '{', '}', '[', ']', ',', ':', 'id', 'method', 'xxxxxxxxxxxxxxxxxxxx'),
      fc.constantFrom('\\"', '\\\\', '\\/', '\\n', '\\u0022', '\\ud83d\\ude00', '\\u0000'),
      fc.constantFrom('ü', '€', '😀', '\u2028', '\u007f'),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => `"${pieces.join('')}"`);

const numberText = fc.oneof(
  fc.integer().map(String),
  fc.nat(30).map(String),
  fc.constantFrom('0', '-0', '1.0', '1e0', '10E-1', '0.5', '-1.5e3', '0e5', '1e400', '-7'),
  fc.constantFrom('9007199254740991', '9007199254740992', '123456789012345', '1234567890123456', '-9007199254740993'),
);

const interestingKey = fc.constantFrom(
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
  '_meta',
  'task',
  'requestId',
  'progressToken',
  'io.modelcontextprotocol/protocolVersion',
  '__proto__',
  'constructor',
  'name',
);

/** A key that is another in its case alone, also in the letters beyond ASCII that stand for `s` and `k` where case is not minded. */
const resemblingKey = fc.tuple(interestingKey, fc.nat(12)).map(([name, at]) => {
  const place = at % name.length;
  const letter = name[place]!;
  const other =
    { s: '\u017f', k: '\u212a' }[letter] ?? (letter === letter.toUpperCase() ? letter : letter.toUpperCase());
  return JSON.stringify(`${name.slice(0, place)}${other}${name.slice(place + 1)}`);
});

const keyText = fc.oneof(interestingKey.chain(spelled), stringText, resemblingKey);

type Member = readonly [key: string, value: string];

function objectText(members: fc.Arbitrary<readonly Member[]>): fc.Arbitrary<string> {
  return fc.tuple(members, space, space, space).map(([list, before, within, after]) => {
    const text = list.map(([key, value]) => `${before}${key}${within}:${after}${value}${within}`);
    return `{${text.length === 0 ? before : text.join(',')}}`;
  });
}

/** Any JSON value. */
export const valueText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(stringText, numberText, fc.constantFrom('true', 'false', 'null')),
    fc
      .tuple(fc.array(tie('value'), { maxLength: 3 }), space)
      .map(([items, gap]) => `[${gap}${items.join(`${gap},${gap}`)}${gap}]`),
    objectText(fc.array(fc.tuple(keyText, tie('value')), { maxLength: 4 })),
  ),
})).value;

const idText = rarely(
  fc.oneof(fc.nat(1000).map(String), stringText, fc.constantFrom('"1"', '0', '""', '"ab-cd"')),
  fc.oneof(numberText, valueText),
);

function member(name: string, value: fc.Arbitrary<string>): fc.Arbitrary<Member> {
  return fc.tuple(spelled(name), value);
}

const strayMember: fc.Arbitrary<Member> = fc.tuple(keyText, valueText);

/** Members in any order, each there or not, and one of them twice now and then. */
function someOf(choices: readonly fc.Arbitrary<Member>[]): fc.Arbitrary<readonly Member[]> {
  return fc
    .tuple(
      fc.subarray([...choices]),
      rarely(fc.constant<readonly fc.Arbitrary<Member>[]>([]), fc.subarray([...choices], { maxLength: 2 })),
      rarely(fc.constant<readonly fc.Arbitrary<Member>[]>([]), fc.constant([strayMember])),
    )
    .chain(([once, again, stray]) => {
      const all = [...once, ...again, ...stray];
      return fc.tuple(...all).chain((members) => fc.shuffledSubarray(members, { minLength: members.length }));
    });
}

const metaText = objectText(
  someOf([
    member('progressToken', idText),
    member(
      'io.modelcontextprotocol/protocolVersion',
      rarely(fc.constantFrom('"2026-07-28"', '"2099-01-01"'), valueText),
    ),
    member('traceparent', stringText),
  ]),
);

const paramsText = objectText(
  someOf([
    member('_meta', rarely(metaText, valueText)),
    member('progressToken', idText),
    member('requestId', idText),
    member('task', rarely(fc.constant('{"ttl":1}'), valueText)),
    member('arguments', valueText),
  ]),
);

const methodText = rarely(
  fc.constantFrom('notifications/progress', 'notifications/cancelled', 'tools/call', ...knownMethods).chain(spelled),
  fc.oneof(stringText, valueText),
);

function messageOf(...members: readonly fc.Arbitrary<readonly Member[]>[]): fc.Arbitrary<string> {
  const all = fc.tuple(...members).map((lists) => lists.flat());
  const shuffled = all.chain((list) => fc.shuffledSubarray(list, { minLength: list.length }));
  return fc.tuple(space, objectText(shuffled), space).map((pieces) => pieces.join(''));
}

const one = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<readonly Member[]> =>
  member(name, value).map((entry) => [entry]);
const version = one('jsonrpc', fc.constant('"2.0"'));
const stray = fc.array(strayMember, { maxLength: 1 });

/** The JSON text of something that is, or nearly is, a message of the protocol. */
export const messageText: fc.Arbitrary<string> = fc.oneof(
  messageOf(version, one('id', idText), one('method', methodText), one('params', rarely(paramsText, valueText))),
  messageOf(version, one('method', methodText), one('params', rarely(paramsText, valueText)), stray),
  messageOf(version, one('id', idText), one('result', valueText), stray),
  messageOf(version, one('id', idText), one('error', valueText)),
  messageOf(
    someOf([
      member('jsonrpc', rarely(fc.constant('"2.0"'), valueText)),
      member('id', idText),
      member('method', methodText),
      member('params', paramsText),
      member('result', valueText),
      member('error', valueText),
    ]),
  ),
);
