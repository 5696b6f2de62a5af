import { describe, expect, test } from 'vitest';

import { isColoured, personalLine, serverLine } from '../../src/cli/terminal.ts';

const time = '2026-11-23T04:05:06.007Z';
const local = new Date(time);
const clock = [local.getHours(), local.getMinutes(), local.getSeconds()]
  .map((value) => String(value).padStart(2, '0'))
  .join(':');

const line = (fields: object): string => JSON.stringify({ level: 'info', time, message: 'it happened', ...fields });

describe('a line for a person', () => {
  test('has the time of day, the level, and what happened', () => {
    expect(personalLine(line({}), false)).toBe(`${clock}.007 info  ninelives: it happened\n`);
  });

  test('names what it is about, briefly', () => {
    const fields = {
      session: '3ef135c4-ad85-42a8-a280-6eccb3eb4d25',
      reason: 'The text is not JSON.',
      command: 'node',
      code: 0,
      signal: null,
      empty: '',
      list: [1, 2],
    };
    expect(personalLine(line(fields), false)).toBe(
      `${clock}.007 info  ninelives: it happened  session=3ef135c4 reason="The text is not JSON." command=node code=0 empty="" list=[1,2]\n`,
    );
  });

  test('shows an error as its message, and where it was thrown below', () => {
    const error = { type: 'Error', message: 'it broke', stack: 'Error: it broke\n    at here' };
    expect(personalLine(line({ level: 'error', error }), false)).toBe(
      `${clock}.007 error ninelives: it happened  error="it broke"\nError: it broke\n    at here\n`,
    );
  });

  test('gives no orders to the terminal and does not turn the writing round, not where it was thrown either', () => {
    const error = { type: 'Error', message: 'a\u001b[2J', stack: 'Error: a\u001b[2J\n    at \u202ehere' };
    const shown = personalLine(line({ level: 'error', name: 'b\u2066c', error }), false);
    expect(shown).toContain('name=b\\u2066c');
    expect(shown).toMatch(/\nError: a\\u001b\[2J\n {4}at \\u202ehere\n$/);
  });

  test('is coloured by its level, and plain after it', () => {
    expect(personalLine(line({ level: 'warn', id: 1 }), true)).toBe(
      `\u001b[33m${clock}.007 warn  ninelives: it happened\u001b[0m  id=1\n`,
    );
  });
});

test('a server speaks with its name', () => {
  expect(serverLine('hello', {})).toBe('[server] hello\n');
});

test('colours are for terminals whose owner wants them', () => {
  expect(isColoured({ isTTY: true }, {})).toBe(true);
  expect(isColoured({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
  expect(isColoured({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
  expect(isColoured({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
  expect(isColoured({ isTTY: false }, {})).toBe(false);
  expect(isColoured({}, {})).toBe(false);
});
