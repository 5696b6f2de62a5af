import { expect, test } from 'vitest';
import { ReservedIds } from '../../src/runtime/reserved-ids.ts';

test('the session that is opened has the id that was agreed on, and no other one has it', () => {
  const ids = new ReservedIds();
  expect(ids.opening('agreed', () => ids.sessionId())).toBe('agreed');
  expect(ids.sessionId()).not.toBe('agreed');
});

test('a session that was refused leaves its id to nobody', () => {
  const ids = new ReservedIds();
  ids.opening('agreed', () => 'refused');
  expect(() =>
    ids.opening('agreed', () => {
      throw new Error('refused');
    }),
  ).toThrow('refused');
  expect(ids.sessionId()).not.toBe('agreed');
});
