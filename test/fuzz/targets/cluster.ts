/** What comes over the broker: whoever can write there sends what they like, and it is read or refused. */

import { readAddress } from '../../../src/cluster/addresses.ts';
import { decodeFailure, encodeFailure } from '../../../src/cluster/failure-text.ts';
import {
  decodeMessage,
  decodeReceipts,
  decodeRequests,
  encodeMessage,
  encodeReceipts,
  encodeRequests,
} from '../../../src/cluster/message.ts';
import { readBudget, readKey, readLease, readSnapshot, writeRecord } from '../../../src/cluster/records.ts';
import { notExecuted } from '../../../src/cluster/send-result.ts';
import { encodeText } from '../../../src/protocol/text.ts';
import { decodePiece, decodeRouted, encodePiece, encodeRouted } from '../../../src/transports/http-routed-frame.ts';
import { fuzzCases } from '../fuzz-case.ts';
import { type PureTarget, broken } from '../fuzz-target.ts';

export const cluster: PureTarget = {
  name: 'cluster',
  kind: 'pure',
  law: 'what other nodes say is read within its bytes, or refused, and nothing throws',
  cases: fuzzCases(
    [
      encodeMessage('request', 7, { epoch: 3, key: 'session-1', body: encodeText('{"jsonrpc":"2.0","id":1}') }),
      encodeMessage('part', 7, { sequence: 2, body: encodeText('{}') }),
      encodeMessage('received', 0, { key: 'a', body: encodeReceipts([{ request: 7, sequence: 2, taken: 1 }]) }),
      encodeMessage('pulse', 1, { body: encodeRequests([1, 2, 3]) }),
      encodeMessage('failure', 9, { body: encodeFailure(notExecuted('NODE_FENCED', 'why')) }),
      encodeRouted(
        { method: 'POST', url: '/mcp', rawHeaders: ['Accept', 'application/json'] },
        { principal: 'ada', route: 'a', key: 'ada' },
        encodeText('{"jsonrpc":"2.0","id":1,"method":"ping"}'),
      ),
      encodePiece({ head: { status: 200, headers: ['a', 'b'] }, isCutOff: false, bytes: encodeText('{}') }),
      encodeText(writeRecord({ state: 'up', count: 3, keys: 2 })),
      encodeText(writeRecord({ owner: 'a-1', state: 'owned' })),
      encodeText(writeRecord({ epoch: 3, body: '{"a":1}' })),
      encodeText(writeRecord({ grants: { 'a-1': { granted: 5, isShort: true } } })),
    ],
    [
      ...[
        '\u0000',
        '\u0000\u0000',
        '\u0001',
        '\t',
        '\n',
        '\u007f',
        'ü',
        '{',
        '}',
        '"',
        ':',
        ',',
        '[',
        ']',
        'null',
        '1e400',
      ],
      ...[
        '"version":1',
        '"version":2',
        '"__proto__":{"polluted":1}',
        '"granted":-1',
        '"state":"dead"',
        'node.a.answer.1',
        '.',
      ],
    ],
  ),
  check: ({ bytes }) => {
    const message = decodeMessage(bytes);
    if (message !== undefined) {
      const { kind, request, epoch, sequence, key, body } = message;
      if (body.length > bytes.length) broken('a body longer than its message');
      const again = encodeMessage(kind, request, { epoch, sequence, key: key.slice(0, 1000), body });
      if (decodeMessage(again)?.sequence !== sequence) broken('a message is not read back');
      if (decodeRequests(body).length > body.length) broken('more requests than bytes');
      if (decodeReceipts(body).length > body.length) broken('more receipts than bytes');
      if (decodeFailure(body).ok) broken('a failure that is none');
    }
    const text = Buffer.from(bytes).toString('utf8');
    const budget = readBudget(text);
    for (const record of [readLease(text), readKey(text), readSnapshot(text), budget])
      if (record === null) broken('a record that is nothing');
    if (Object.values(budget ?? {}).some(({ granted }) => typeof granted !== 'number'))
      broken('a grant that is no number');
    readAddress(text);
    for (const decode of [decodeRouted, decodePiece]) expectReadOrRefused(decode, bytes);
    if ('polluted' in {}) broken('every object has what a node said');
  },
};

/** What is documented to be thrown, and nothing that shows that it was taken for something. */
function expectReadOrRefused(
  decode: (bytes: Uint8Array) => { readonly head: { readonly headers: readonly string[] } | undefined },
  bytes: Uint8Array,
): void {
  try {
    const { head } = decode(bytes);
    if (head?.headers.some((each) => typeof each !== 'string') === true) broken('a header that is no text');
  } catch (error) {
    const isRefusal = error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError;
    if (!isRefusal) throw error;
  }
}
