import { expect, test } from 'vitest';
import { askedBy } from '../../../../src/inspector/page/overview/row-filter.ts';
import { line } from './lines.ts';

const found = (text: string): boolean => {
  const asked = askedBy(text);
  return asked.kind === 'words' && asked.test(line('9f-2', { clientName: 'Cursor', tags: ['slow'] }), 0);
};

test('words are looked for in all that a row says, in any order', () => {
  expect(['cursor', 'SLOW 9f', '4711', 'everything http', 'active.serving'].map(found)).toEqual(Array(5).fill(true));
  expect(['cursor fast', 'claude'].map(found)).toEqual([false, false]);
});

test('nothing asks for all', () => {
  expect(askedBy('  ')).toEqual({ kind: 'all' });
});

test.each(['pending > 0', 'state == "failed"', '"slow" in tags', '!has(x)', 'tags.exists(t, t == "a")', 'a || b'])(
  'what has an operator is a condition: %s',
  (text) => expect(askedBy(` ${text}`)).toEqual({ kind: 'condition', text }),
);
