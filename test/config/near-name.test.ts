import { describe, expect, test } from 'vitest';
import { meant, nearName } from '../../src/config/near-name.ts';

const names = ['command', 'args', 'env', 'url', 'headers', 'upstream'];

describe('a name that is none', () => {
  test.each([
    ['comand', 'command'],
    ['commnad', 'command'],
    ['Command', 'command'],
    ['upstreams', 'upstream'],
    ['arg', 'args'],
    ['ulr', 'url'],
    ['header', 'headers'],
    ['something', undefined],
    ['', undefined],
    ['xyz', undefined],
  ])('%j was to be %j', (said, name) => {
    expect(nearName(said, names)).toBe(name);
  });

  test('is answered with what was meant, or with nothing', () => {
    expect([meant('comand', names), meant('zzz', names)]).toEqual(["; did you mean 'command'?", '']);
  });
});
