import { expect, test } from 'vitest';
import { asked } from './asked.ts';

test('a tape is opened on a free port of this machine, unless it is said where', async () => {
  const request = { do: 'open', file: 'a.tape.jsonl', at: { host: '127.0.0.1', port: 0 }, print: false };
  expect(await asked('tape', 'open', 'a.tape.jsonl')).toEqual(request);
  expect(await asked('tape', 'open', 'a.tape.jsonl', '--listen', 'localhost:7500', '--print')).toEqual({
    ...request,
    at: { host: 'localhost', port: 7500 },
    print: true,
  });
});

test.each(['0.0.0.0:80', 'nonsense'])('a tape is not shown at %s', async (place) => {
  expect(await asked('tape', 'open', 'a', '--listen', place)).toContain(`--listen ${place}`);
});
