/** Reading messages: bounds, no exception, the verdict and the envelope of JSON.parse, and the ids of what is too long. */

import fc from 'fast-check';
import type { Frame } from '../../../src/protocol/envelope.ts';
import { type ReadFault, isFault } from '../../../src/protocol/faults.ts';
import { probeOversize } from '../../../src/protocol/oversize.ts';
import { readMessage, readMessages } from '../../../src/protocol/read.ts';
import { scanMessage } from '../../../src/protocol/scan.ts';
import { decodeText, encodeText, isValidUtf8 } from '../../../src/protocol/text.ts';
import { messageText } from '../../properties/json-spellings.ts';
import { type Meaning, type Parsed, isBalanced, meaningOfText, skeleton } from '../../properties/second-opinion.ts';
import { type FuzzCase, fuzzCases } from '../fuzz-case.ts';
import { type PureTarget, broken } from '../fuzz-target.ts';

const whole = [
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"progressToken":"t"},"name":"a","arguments":{"b":[1,2,{}]}}}',
  '{"method":"tools/call","params":{"name":"a","arguments":{"c":"\\"\\\\\\u00e9"}},"jsonrpc":"2.0","id":"x-1"}',
  '{"jsonrpc":"2.0","id":-7,"result":{"content":[{"type":"text","text":"say \\"hi\\""}],"isError":false}}',
  '{"result":{"tools":[]},"jsonrpc":"2.0","id":9007199254740991}',
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}',
  '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":12,"reason":"ü€😀"}}',
  '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":1e3,"total":null}}',
  '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"},"task":{"ttl":1}}}',
  '[{"jsonrpc":"2.0","id":2,"method":"ping"},{"jsonrpc":"2.0","id":1,"result":{}}]',
  ' {\n "jsonrpc" : "2.0" , "id" : 0 , "method" : "ping" }\r\n',
];

const pieces = [
  ...['"', '\\', '{', '}', '[', ']', ',', ':', ' ', '\n', '\r', '\t', '\u0000', '0', '-', '.', 'e', 'x', 'ü', '\ufeff'],
  ...['"id"', ',"id":2', '"method"', ',"method":"a"', '"result":{}', '"error":1', '"jsonrpc":"2.0"', '__proto__'],
  ...[
    '"Id":3',
    ',"METHOD":"a"',
    '"Params":{',
    '"Name":"b",',
    '"re\u017fult":{}',
    '"reque\u017ftId":4,',
    '\u212a',
    'A',
    'R',
  ],
  ...['null', 'true', '\\u0069', '\\ud83d', '9007199254740993', '1e400', '-0', '[[[[[[[[', '{"a":', '"_meta":{}', '{}'],
  ...['"params":{"_meta":{"progressToken":', '"requestId":"', '['.repeat(600), 'a'.repeat(40), `"${'i'.repeat(5000)}"`],
];

/** Damaged messages for the most part, and now and then one that is whole in a spelling of its own. */
const cases: fc.Arbitrary<FuzzCase> = fc.oneof(
  { weight: 9, arbitrary: fuzzCases(whole.map(encodeText), pieces) },
  {
    weight: 1,
    arbitrary: fc.record({ bytes: messageText.map(encodeText), choices: fc.array(fc.nat(255), { minLength: 2 }) }),
  },
);

export const scan: PureTarget = {
  name: 'scan',
  kind: 'pure',
  law: 'messages are read as JSON.parse reads them, within their bytes, and nothing throws',
  cases,
  check: (fuzzCase) => {
    const { bytes } = fuzzCase;
    for (const read of readMessages(bytes)) expectInBounds(read);
    const read = readMessage(bytes);
    const text = decodeText(bytes);
    const parsed = parsedOrNothing(text);
    const scanned = scanMessage(bytes);
    if (parsed === undefined) expectOnlyWhatIsPassedOver(scanned !== undefined, text);
    else if (isValidUtf8(bytes)) expectMeaning(read, parsed.value, text);
    expectSoundProbe(fuzzCase, parsed?.value, text);
  },
};

function expectInBounds(read: Frame | ReadFault): void {
  if (isFault(read)) {
    if (read.idToken !== undefined) JSON.parse(read.idToken);
    return;
  }
  const { idStart, idEnd, id, kind } = read.envelope;
  if (idStart < -1 || idEnd > read.bytes.length || idStart > idEnd) broken(`the id stands at ${idStart} to ${idEnd}`);
  if (kind === 'request' && id === undefined) broken('a request without id');
  if (id !== undefined) {
    const token: unknown = JSON.parse(decodeText(read.bytes.subarray(idStart, idEnd)));
    if (token !== id) broken(`the id is ${JSON.stringify(id)} and stands there as ${JSON.stringify(token)}`);
  }
}

function parsedOrNothing(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Parsed {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function expectOnlyWhatIsPassedOver(isTaken: boolean, text: string): void {
  if (!isTaken) return;
  if (!isBalanced(text)) broken('the scan took brackets that do not pair');
  if (parsedOrNothing(skeleton(text)) === undefined) broken('the scan took what it does not say that it passes over');
}

function expectMeaning(read: Frame | ReadFault, value: unknown, text: string): void {
  if (isFault(read)) {
    if (read.fault === 'not-json') broken('JSON.parse takes it');
    // What is deeper, or longer than an id may be, is a fault for us alone.
    if (read.fault === 'too-deep' || !isObject(value) || hasLongId(value)) return;
    const expected = meaningOfText(text);
    if (typeof expected !== 'string') broken(`${read.fault} is a message to JSON.parse`);
    if (read.fault !== expected) broken(`${read.fault} is ${expected} to JSON.parse`);
    return;
  }
  const expected = isObject(value) ? meaningOfText(text) : 'no message';
  const { idStart: _start, idEnd: _end, ...envelope } = read.envelope;
  if (typeof expected === 'string') broken(`a message is ${expected} to JSON.parse`);
  const names = Object.keys(envelope) as (keyof Meaning)[];
  const differing = names.find((name) => !Object.is(envelope[name], expected[name]));
  if (differing !== undefined)
    broken(
      `${differing} is ${JSON.stringify(envelope[differing])}, and ${JSON.stringify(expected[differing])} to JSON.parse`,
    );
}

/** Of what the message says of itself and of others. */
function hasLongId(message: Parsed): boolean {
  return JSON.stringify(message).length > 4096;
}

function expectSoundProbe({ bytes, choices }: FuzzCase, value: unknown, text: string): void {
  const [headBytes = 0, tailBytes = 0] = choices;
  const head = bytes.subarray(0, headBytes);
  const tail = bytes.subarray(Math.max(0, bytes.length - tailBytes));
  const { idToken } = probeOversize({ head, tail, totalBytes: bytes.length });
  if (idToken === undefined) return;
  const said: unknown = JSON.parse(idToken);
  // A key that occurs twice is what the probe does not promise anything about.
  const keys = text.match(/"(?:i|\\u0069)(?:d|\\u0064)"/g)?.length ?? 0;
  if (!isObject(value) || keys !== 1 || !isValidUtf8(bytes) || JSON.stringify(Object.keys(value)).includes('\\'))
    return;
  if (value['id'] !== said) broken(`of a long message the id is said to be ${idToken}`);
}
