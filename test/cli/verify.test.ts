import { describe, expect, test } from 'vitest';
import { asked as asks } from './asked.ts';

const asked = async (...words: readonly string[]): Promise<unknown> => asks('verify', ...words);

describe('asked to test', () => {
  test('a server by its command, it calls what is read-only, for as long as usual', async () => {
    expect(await asked('server', '--', 'my-server', '--runs', '7')).toEqual({
      target: { kind: 'server', command: ['my-server', '--runs', '7'], env: {}, headers: {} },
      eras: ['session'],
      tools: 'read-only',
      writesBaseline: false,
      json: false,
    });
  });

  test('a server at a URL, with everything that can be said', async () => {
    const words = ['--url', 'https://x/mcp', '--header', 'A: b', '--tools', 'one,two', '--era', 'both', '--runs', '9'];
    const bounds = [
      '--steps-max',
      '5',
      '--calls-max',
      '6',
      '--calls-per-second',
      '7',
      '--time-max',
      '8',
      '--shrink-max',
      '2',
      '--seed',
      '3',
    ];
    const reports = ['--junit', 'j', '--sarif', 's', '--tape', 't', '--baseline', 'b', '--write-baseline', '--json'];
    expect(await asked('server', ...words, ...bounds, ...reports, '--replay', '7:1:0')).toEqual({
      target: { kind: 'server', url: 'https://x/mcp', env: {}, headers: { A: 'b' } },
      eras: ['session', 'stateless'],
      tools: ['one', 'two'],
      runs: 9,
      stepsMax: 5,
      callsMax: 6,
      callsPerSecondMax: 7,
      timeSecondsMax: 8,
      shrinkSecondsMax: 2,
      seed: 3,
      replay: { seed: 7, path: '1:0' },
      baseline: 'b',
      writesBaseline: true,
      junit: 'j',
      sarif: 's',
      tape: 't',
      json: true,
    });
  });

  test('a proxy with placeholders, and a client', async () => {
    expect(await asked('proxy', '--env', 'PORT={port}', '--', 'p', '{server}')).toMatchObject({
      target: { kind: 'proxy', command: ['p', '{server}'], env: { PORT: '{port}' } },
    });
    expect(await asked('client', '--', 'c', '{server-url}')).toMatchObject({ target: { kind: 'client' } });
  });
});

test.each([
  [[], 'say what is to be tested'],
  [['gateway'], "unknown kind 'gateway'"],
  [['server'], 'say a command behind --, or --url'],
  [['proxy', '--', 'p'], '{server} for a command'],
  [['proxy', '--url', 'http://x/'], 'say its command behind --'],
  [['server', '--url', 'nowhere'], 'this is no URL'],
  [['server', '--header', 'A: b', '--', 's'], '--header is for --url'],
  [['server', '--env', 'A', '--', 's'], 'NAME=VALUE'],
  [['server', '--url', 'http://x', '--env', 'A=b'], '--env is for a command'],
  [['server', '--write-baseline', '--', 's'], 'needs --baseline'],
  [['server', '--replay', 'x', '--', 's'], 'SEED:PATH'],
  [['server', '--runs', '0', '--', 's'], 'above 0'],
  [['server', '--url', 'http://x', '--header', 'a b: c'], '--header'],
])('verify %j is a wrong command line', async (words, says) => {
  expect(await asked(...words)).toContain(says);
});
