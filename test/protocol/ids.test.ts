import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { isFault } from '../../src/protocol/faults.ts';
import { idKey, spliceId } from '../../src/protocol/ids.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';

const anyId = fc.oneof(fc.maxSafeInteger(), fc.string(), fc.nat(20), fc.nat(20).map(String));
const anyScope = fc.oneof(fc.constant(0), fc.nat(30), fc.maxSafeNat());

describe('idKey', () => {
  test('1 and "1" are different ids (R1), and the session\'s numbers are their own keys', () => {
    expect(idKey(0, 1)).toBe(1);
    expect(idKey(0, '1')).toBe('1');
    expect(idKey(7, 1)).toBe('\u00007n1');
    expect(idKey(7, '1')).toBe('\u00007s1');
  });

  test('an id that is spelled like a key of ours is not taken for it', () => {
    for (const key of [idKey(7, 1), idKey(7, 'a'), idKey(0, String(idKey(7, 1)))]) {
      expect(idKey(0, key)).not.toBe(key);
    }
    expect(idKey(0, 'ends in our mark\u0000')).toBe('ends in our mark\u0000');
  });

  test('different scopes or ids have different keys', () => {
    fc.assert(
      fc.property(anyScope, anyId, anyScope, anyId, (scope, id, otherScope, otherId) => {
        const isSame = scope === otherScope && id === otherId;
        expect(idKey(scope, id) === idKey(otherScope, otherId)).toBe(isSame);
      }),
    );
  });
});

describe('spliceId', () => {
  const spliced = (text: string, token: string): string => {
    const frame = readMessage(encodeText(text));
    if (isFault(frame)) throw new Error(frame.reason);
    return spliceId(frame, encodeText(token)).map(decodeText).join('');
  };

  test('puts another id where the id stands and leaves every other byte', () => {
    expect(spliced('{"jsonrpc":"2.0", "id" : 1 ,"method":"ping"}', '"p:9"')).toBe(
      '{"jsonrpc":"2.0", "id" : "p:9" ,"method":"ping"}',
    );
    expect(spliced('{"result":{"id":1},"jsonrpc":"2.0","id":"long id"}', '5')).toBe(
      '{"result":{"id":1},"jsonrpc":"2.0","id":5}',
    );
  });

  test('leaves a message without id as it is', () => {
    const text = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
    expect(spliced(text, '5')).toBe(text);
  });
});
