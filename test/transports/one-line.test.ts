import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { oneLine } from '../../src/transports/one-line.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a message as one line', () => {
  test('says what it said, whatever its line endings were', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('\n', '\r\n', '\r'), fc.nat(3), (json, ending, indent) => {
        const value: unknown = JSON.parse(json);
        const pretty = JSON.stringify(value, undefined, indent).replaceAll('\n', ending) + ending;
        const line = new TextDecoder().decode(oneLine(bytesOf(pretty)));
        expect(line).not.toMatch(/[\r\n]/);
        expect(JSON.parse(line)).toEqual(value);
      }),
    );
  });

  test('is the same bytes where it is one line already', () => {
    const message = bytesOf('{"text":"a\\nb"}');
    expect(oneLine(message)).toBe(message);
  });

  test('leaves the bytes alone that it was made of', () => {
    const message = bytesOf('{\n}');
    expect(new TextDecoder().decode(oneLine(message))).toBe('{ }');
    expect(new TextDecoder().decode(message)).toBe('{\n}');
  });
});
