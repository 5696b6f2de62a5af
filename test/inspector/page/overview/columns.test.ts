import { describe, expect, test } from 'vitest';
import { columns, pressed, sorted } from '../../../../src/inspector/page/overview/columns.ts';
import { line } from './lines.ts';

const lines = [line('a', { pending: 1 }, 3_000), line('b', { pending: 5 }, 1_000), line('c', { pending: 1 }, 2_000)];
const ids = (column: string, isDescending: boolean): string =>
  sorted(lines, { column, isDescending })
    .map(({ row }) => row.id)
    .join('');

describe('the order of the rows', () => {
  test('is that in which they came until a column is pressed', () => {
    expect(sorted(lines, undefined)).toBe(lines);
  });

  test('is that of a column, and rows that are equal stay as they were', () => {
    expect([ids('pending', true), ids('pending', false), ids('session', true)]).toEqual(['bac', 'acb', 'cba']);
  });

  test('of age begins with the oldest when it is descending', () => {
    expect(ids('age', true)).toBe('bca');
  });
});

test('a column that is pressed again turns round, and then lets go', () => {
  const first = pressed(undefined, 'pending');
  const second = pressed(first, 'pending');
  expect([first, second, pressed(second, 'pending')]).toEqual([
    { column: 'pending', isDescending: true },
    { column: 'pending', isDescending: false },
    undefined,
  ]);
  expect(pressed(first, 'client')).toEqual({ column: 'client', isDescending: false });
});

test('every column says something of every row', () => {
  const texts = columns.map(({ name, text }) => `${name}: ${text(line('a', { tags: ['x', 'y'] }), 60_000)}`);
  expect(texts).toContain('age: 60 s');
  expect(texts).toContain('tags: x y');
  expect(texts).toContain('process: 4711 everything');
});
