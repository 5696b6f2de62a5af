import { describe, expect, test } from 'vitest';
import { filterFields, readCondition } from '../../../../src/inspector/page/overview/cel-filter.ts';
import { line } from './lines.ts';

const held = line('a1', { pending: 3, held: 1, tags: ['slow', 'mine'], clientName: 'Cursor', framesPerSecond: 2.5 });

describe('a condition', () => {
  test.each([
    ['pending > 0 && client == "Cursor"', true],
    ['pending > 3', false],
    ['"slow" in tags', true],
    ['tags.exists(t, t.startsWith("mi"))', true],
    ['state.startsWith("active")', true],
    ['session.glob("a*")', true],
    ['rate > 2.0 && age_s >= 60.0', true],
    ['pid == 4711 && held == 1', true],
    ['end_reason != ""', false],
  ])('about a row is true or false: %s', (text, is) => {
    const read = readCondition(text);
    expect('test' in read ? read.test(held, 60_000) : read.problem).toBe(is);
  });

  test.each(filterFields)('may ask for %s', (name) => {
    expect(readCondition(`${name} == ${name}`)).toHaveProperty('test');
  });

  test('that cannot be read says what is wrong', () => {
    const problem = (text: string): unknown => readCondition(text);
    expect(problem('clint == "x"')).toEqual({ problem: "There is no 'clint'. Did you mean 'client'?" });
    expect(problem('elsewhere == 1')).toHaveProperty('problem', expect.stringContaining('There are session, state'));
    expect(problem('pending')).toEqual({ problem: 'It is int, and has to be true or false.' });
    expect(problem('pending > ')).toHaveProperty('problem', expect.stringMatching(/\w/));
    expect(problem('pending > "three"')).toHaveProperty('problem', expect.stringMatching(/\w/));
  });

  test('that fails for a row does not hold for it', () => {
    const read = readCondition('10 / pending > 1');
    expect('test' in read && read.test(line('b', { pending: 0 }), 0)).toBe(false);
  });
});
