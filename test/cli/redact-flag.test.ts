import { expect, test } from 'vitest';
import { contradiction, hiddenBy } from '../../src/cli/redact-flag.ts';
import { asked } from './asked.ts';

test('what is hidden is what the flags name, one after the other', async () => {
  expect(hiddenBy({})).toBeUndefined();
  const words = ['--redact', 'params.a', '--redact', '/result/b', '--redact-header', 'X-A', '--redact-header', 'X-B'];
  expect(await asked('forward', 'stdio', '--inspect', ...words, '--', 'node')).toMatchObject({
    inspect: {
      hidden: {
        paths: [
          ['params', 'a'],
          ['result', 'b'],
        ],
        headers: ['X-A', 'X-B'],
      },
    },
  });
});

test('what is no place or no header is said, with what would be', async () => {
  const forwarded = async (...words: readonly string[]) => asked('forward', 'stdio', ...words, '--', 'node');
  expect(await forwarded('--redact', 'params..a')).toContain('write params.arguments.password');
  expect(await forwarded('--redact', 'id')).toContain('only what is below params, result or error can be hidden');
  expect(await forwarded('--redact-header', 'X A')).toContain('such as Mcp-Param-Account');
});

test('who hides something and shows everything is asked which of them it is', async () => {
  expect(contradiction({}, '--x')).toBeUndefined();
  expect(contradiction({ redactHeader: ['a'] }, '--x')?.problem).toContain('--x whole hides nothing');
  const words = ['--inspect', '--inspect-payloads', 'whole', '--redact', 'params.a'];
  expect(await asked('forward', 'stdio', ...words, '--', 'node')).toContain('--inspect-payloads whole hides nothing');
});
