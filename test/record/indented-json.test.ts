import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indentedJson } from '../../src/record/indented-json.ts';

test('is what JSON.stringify would make of it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(indentedJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

test('keeps how numbers and strings are spelled', () => {
  expect(indentedJson('{"n":12345678901234567890.10,\n "s":"\\u0041, {"}')).toBe(
    '{\n  "n": 12345678901234567890.10,\n  "s": "\\u0041, {"\n}',
  );
  expect(indentedJson('"cut off')).toBe('"cut off');
});
