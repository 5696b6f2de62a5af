import { describe, expect, test } from 'vitest';
import { digitsAt, sseFieldAt } from '../../src/protocol/sse-fields.ts';
import type { SseField } from '../../src/protocol/sse-fields.ts';
import { encodeText } from '../../src/protocol/text.ts';

/** The field of a line that stands between others. */
function fieldOf(line: string, isEnded = true): SseField | 'ignored' | undefined {
  const bytes = encodeText(`data:${line}:data:`);
  return sseFieldAt(bytes, 5, bytes.length - 6, isEnded);
}

describe('a line', () => {
  test.each(['data', 'event', 'id', 'retry'] as const)(
    'is about %s when it says so, with a value or without',
    (field) => {
      for (const line of [`${field}:`, `${field}: x`, `${field}:x`, `${field}::`]) {
        expect([fieldOf(line), fieldOf(line, false)]).toEqual([field, field]);
      }
      expect(fieldOf(field)).toBe(field);
      expect(fieldOf(`${field}s:`)).toBe('ignored');
      expect(fieldOf(`${field} :`)).toBe('ignored');
      expect(fieldOf(field.toUpperCase())).toBe('ignored');
    },
  );

  test('does not tell before its colon', () => {
    for (const start of ['d', 'da', 'data', 'e', 'event', 'i', 'id', 'r', 'retry']) {
      expect(fieldOf(start, false)).toBeUndefined();
    }
    expect(['d', 'dat', 'i', 'retr'].map((line) => fieldOf(line))).toEqual(Array.from({ length: 4 }).fill('ignored'));
  });

  test('is nothing to anybody as soon as it cannot be a field', () => {
    for (const line of [':', ': data:', ' data:', 'x', 'dx', 'datax', 'idd', '\0', 'ä']) {
      expect([fieldOf(line), fieldOf(line, false)]).toEqual(['ignored', 'ignored']);
    }
  });
});

test('digits are a number, and anything else is none', () => {
  const digits = (text: string): number | undefined =>
    digitsAt(encodeText(`9${text}9`), 1, encodeText(text).length + 1);
  expect(['0', '9', '007', '3000'].map(digits)).toEqual([0, 9, 7, 3000]);
  expect(['', '-1', '1.5', '/', ':', '٣', '1 '].map(digits)).toEqual(Array.from({ length: 7 }));
  expect(digits('9007199254740992')).toBe(Number.MAX_SAFE_INTEGER);
  expect(digits('9'.repeat(400))).toBe(Number.MAX_SAFE_INTEGER);
});
