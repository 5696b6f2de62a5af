import { describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('breakpoints', ...words);

describe('what may be said about breakpoints', () => {
  test.each<[readonly string[], object]>([
    [['list', '--json'], { do: 'list', of: {}, json: true }],
    [['add'], { do: 'add', breakpoint: {}, json: false }],
    [['add', 'tools/call', '--pid', '12'], { do: 'add', breakpoint: { method: 'tools/call' }, of: { pid: 12 } }],
    [
      ['add', '--when', 'frame.id == 7', '--kind', 'request', '--direction', 'server-to-client', '--session', '4f'],
      { breakpoint: { when: 'frame.id == 7', kind: 'request', direction: 'server-to-client', session: '4f' } },
    ],
    [['add', '--to', 'active'], { breakpoint: { transition: { to: 'active' } } }],
    [
      ['add', '--from', 'initializing', '--timeout-ms', '50', '--by-default', 'block', '--scope', 'exchange'],
      { breakpoint: { transition: { from: 'initializing' }, timeoutMs: 50, byDefault: 'block', scope: 'exchange' } },
    ],
    [['remove', 'b1'], { do: 'remove', id: 'b1' }],
  ])('breakpoints %j', async (words, request) => {
    expect(await asked(...words)).toMatchObject(request);
  });

  test('names nothing that was not said', async () => {
    expect(await asked('add', 'ping')).toMatchObject({ breakpoint: expect.toSatisfy(hasOne) as unknown });
  });

  test.each([
    ['', "say what to do: 'ninelives breakpoints list'"],
    ['add --kind question', 'Allowed choices are request, response, notification'],
    ['add --timeout-ms 0', 'whole number'],
    ['remove', "missing required argument 'id'"],
  ])('breakpoints %s is refused: %s', async (words, error) => {
    expect(await asked(...words.split(' ').filter((word) => word !== ''))).toContain(error);
  });
});

function hasOne(breakpoint: object): boolean {
  return Object.keys(breakpoint).length === 1;
}
