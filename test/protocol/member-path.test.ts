import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memberPath, placeOfMember, textOfMember } from '../../src/protocol/member-path.ts';
import { decodeSlice, encodeText } from '../../src/protocol/text.ts';
import { messageText, valueText } from '../properties/json-spellings.ts';
import { runs } from '../properties/runs.ts';

const token = memberPath('params', '_meta', 'progressToken');

function valueAt(text: string, path = token): string | undefined {
  const bytes = encodeText(text);
  const place = placeOfMember(bytes, path);
  return place && decodeSlice(bytes, place.start, place.end);
}

describe('the place of a member', () => {
  test('is where its value stands, whatever stands around it', () => {
    expect(valueAt('{"params":{"_meta":{"progressToken":5}}}')).toBe('5');
    expect(
      valueAt(
        ' { "id" : 1 ,\n"params" : { "a":{"_meta":{"progressToken":1}} , "_meta" : { "x":[{}],"progressToken" : "a b" , "y":1 } } , "b":[]} ',
      ),
    ).toBe('"a b"');
    expect(valueAt('{"a":{"b":1},"c":2}', memberPath('a'))).toBe('{"b":1}');
    expect(valueAt('{"a":{"b":1},"c":2}', memberPath('c'))).toBe('2');
  });

  test('is none where the path ends before', () => {
    for (const text of [
      '{}',
      '[]',
      '5',
      '',
      '{"params":{}}',
      '{"params":5}',
      '{"params":["_meta"]}',
      '{"params":{"_meta":[{"progressToken":5}]}}',
      '{"params":{"progressToken":5}}',
      '{"params":{"_meta":{"progressTokens":5,"progressToke":5}}}',
      '{"a":{"params":{"_meta":{"progressToken":5}}}}',
    ]) {
      expect(valueAt(text)).toBeUndefined();
    }
  });

  test('is that of the last of equal keys, on every level', () => {
    expect(valueAt('{"params":{"_meta":{"progressToken":1,"progressToken":2}}}')).toBe('2');
    expect(valueAt('{"params":{"_meta":{"progressToken":1},"_meta":{"progressToken":2}}}')).toBe('2');
    expect(valueAt('{"params":{"_meta":{"progressToken":1},"_meta":{}}}')).toBeUndefined();
    expect(valueAt('{"params":{"_meta":{"progressToken":1}},"params":null}')).toBeUndefined();
    expect(valueAt('{"params":null,"params":{"_meta":{"progressToken":1}}}')).toBe('1');
  });

  test('is found behind escapes in keys', () => {
    expect(valueAt('{"\\u0070arams":{"\\u005Fmeta":{"progress\\u0054oken":1}}}')).toBe('1');
    expect(valueAt('{"a/b":1,"a\\/b":2}', memberPath('a/b'))).toBe('2');
    expect(valueAt('{"a\\\\b":1,"\\"a":2,"a":3}', memberPath('a'))).toBe('3');
  });

  test('is none in text that is no JSON where one would have to guess', () => {
    for (const text of [
      '{"a" 1}',
      '{"a":1',
      '{"a":1,}',
      '{"a":}',
      '{"a',
      '{a:1}',
      '{"a":1 "b":2}',
      '{"a":[1}',
      '{"b":{"a":1',
      '{"\\u12":1,"a":1',
    ]) {
      expect(valueAt(text, memberPath('a'))).toBeUndefined();
    }
  });
});

test('JSON.parse finds the same there', () => {
  const paths = [
    ['params', '_meta', 'progressToken'],
    ['params', 'requestId'],
    ['id'],
    ['__proto__'],
    ['result', 'id'],
  ];
  let found = 0;
  fc.assert(
    fc.property(fc.oneof(messageText, valueText), (text) => {
      for (const keys of paths) {
        let expected: unknown = JSON.parse(text);
        for (const key of keys) {
          const holder = typeof expected === 'object' && !Array.isArray(expected) ? (expected ?? {}) : {};
          expected = Object.getOwnPropertyDescriptor(holder, key)?.value;
        }
        const value = valueAt(text, memberPath(...keys));
        if (value !== undefined) found += 1;
        expect(value === undefined ? undefined : JSON.parse(value)).toEqual(expected);
      }
    }),
    runs(800),
  );
  expect(found).toBeGreaterThan(runs(200).numRuns);
});

describe('the text of a member', () => {
  const name = memberPath('params', 'name');
  const textIn = (text: string) => textOfMember(encodeText(text), name);

  test('is what the string says; nothing where there is none, or no string', () => {
    expect(textIn('{"params":{"name":"a\\u0062c"}}')).toBe('abc');
    for (const text of ['{}', '{"params":{}}', '{"params":{"name":5}}', '{"name":"x"}', '[]', '{"params":["name"]}'])
      expect(textIn(text)).toBeUndefined();
  });

  test('is not to be told where a key on its path stands twice', () => {
    for (const text of [
      '{"params":{"name":"a","name":"b"}}',
      '{"params":{"name":"a"},"params":{"name":"b"}}',
      '{"params":{"name":"a"},"params":{}}',
      '{"params":{},"params":{"name":"a"}}',
      '{"params":{"name":"a","n\\u0061me":5}}',
    ])
      expect(textIn(text)).toBeNull();
  });
});
