import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import { anyPath, hiddenPath } from '../../src/cli/path-flag.ts';

describe('a flag that names a place', () => {
  test('may be said several times', () => {
    expect(anyPath('/a', anyPath('b.c'))).toEqual([['b', 'c'], ['a']]);
    expect(hiddenPath('result.content[*].text', hiddenPath('params.x'))).toHaveLength(2);
  });

  test('says what is no place', () => {
    expect(() => anyPath('a..b')).toThrow(InvalidArgumentError);
    expect(() => hiddenPath('a..b')).toThrow(/is no path into a message.*result\.content\[\*\]\.text/);
  });

  test.each(['id', 'method', 'params', '*.x', 'jsonrpc.x'])('hides nothing that makes a message one: %s', (path) => {
    expect(() => hiddenPath(path)).toThrow(/only what is below params, result or error can be hidden/);
  });
});
