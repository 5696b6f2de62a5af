import { expect, test } from 'vitest';
import { messageOf, systemCode, systemReason } from '../src/reasons.ts';

test('what was thrown is told by its message, or by what it is as text', () => {
  expect([messageOf(new TypeError('no')), messageOf('no'), messageOf(7)]).toEqual(['no', 'no', '7']);
});

test('of a call of the system, what is known anyway is left out', () => {
  expect(systemReason(new Error("ENOENT: no such file or directory, open '/a'"))).toBe(
    'ENOENT: no such file or directory',
  );
});

test('what the system threw has its code, and nothing else has one', () => {
  expect(systemCode(Object.assign(new Error('gone'), { code: 'ENOENT' }))).toBe('ENOENT');
  expect([systemCode(new Error('no')), systemCode({ code: 'ENOENT' }), systemCode(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
