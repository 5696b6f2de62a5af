import { expect, test } from 'vitest';
import { asked } from './asked.ts';

test('a gateway is asked for by either name, with its file', async () => {
  const request = { file: 'f.yaml', logLevel: expect.any(String) as string };
  expect(await asked('gateway', '--config', 'f.yaml')).toEqual(request);
  expect(await asked('reverse', '--config', 'f.yaml', '--inspect', '7500')).toEqual({
    ...request,
    inspect: { host: '127.0.0.1', port: 7500, payloads: 'redacted' },
  });
});

test.each([
  [['gateway'], "required option '--config <file>' not specified"],
  [['gateway', '--config', 'f', '--inspect', 'x:y'], 'write it as HOST:PORT'],
])('%j is refused', async (words, error) => {
  expect(await asked(...words)).toContain(error);
});
