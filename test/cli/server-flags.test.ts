import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gathered, serverRequestOf, textOf } from '../../src/cli/server-flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'server-flags-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ca = join(folder, 'ca.pem');
writeFileSync(ca, 'certificates');

const usage = "'ninelives forward stdio -- COMMAND ARGS'";

describe('the server that was asked for', () => {
  test('is a command with its words', () => {
    expect(serverRequestOf(['node', 'server.js', '--fast'], {}, usage)).toEqual({
      command: 'node',
      args: ['server.js', '--fast'],
    });
  });

  test('is a URL with headers and certificates of ours', () => {
    const flags = { upstream: 'https://example.com/mcp?x=1', header: ['Authorization: Bearer a:b', 'X-Empty:'], ca };
    expect(serverRequestOf([], flags, usage)).toEqual({
      url: new URL('https://example.com/mcp?x=1'),
      headers: { Authorization: 'Bearer a:b', 'X-Empty': '' },
      ca: 'certificates',
    });
  });

  test.each<[string, readonly string[], Parameters<typeof serverRequestOf>[1], string | RegExp]>([
    ['nothing', [], {}, `the server's command is missing: ${usage}`],
    ['a command without a name', [''], {}, `the server's command is missing: ${usage}`],
    ['both', ['cat'], { upstream: 'http://a' }, `say a command or --upstream, not both: ${usage}`],
    ['a header for a command', ['cat'], { header: ['A: b'] }, /^--header is for --upstream/],
    ['certificates for a command', ['cat'], { ca }, /^--ca is for --upstream/],
    ['no URL', [], { upstream: 'example.com/mcp' }, /this is no http:\/\//],
    ['another scheme', [], { upstream: 'ftp://example.com' }, /this is no http:\/\//],
    ['a fragment', [], { upstream: 'http://a/#b' }, /no server is told what follows the #/],
    [
      'a header without a colon',
      [],
      { upstream: 'http://a', header: ['Authorization'] },
      /^--header Authorization: write it as/,
    ],
    [
      'a header with a line break',
      [],
      { upstream: 'http://a', header: ['A: b\r\nC: d'] },
      "--header A: write it as 'Name: value'",
    ],
    [
      'certificates that are not there',
      [],
      { upstream: 'https://a', ca: '/no/such.pem' },
      /^--ca \/no\/such.pem cannot be read/,
    ],
  ])('cannot be %s', (_name, words, flags, problem) => {
    expect(serverRequestOf(words, flags, usage)).toEqual({
      problem: typeof problem === 'string' ? problem : expect.stringMatching(problem),
    });
  });

  test('is not made known by what is wrong with a secret', () => {
    const request = serverRequestOf([], { upstream: 'http://a', header: ['Bearer s3cret/with=signs'] }, usage);
    expect(JSON.stringify(request)).not.toContain('s3cret');
  });
});

test('a flag that may be repeated gathers what it was given', () => {
  expect(gathered('b', gathered('a'))).toEqual(['a', 'b']);
});

test('a file is read, or it is said why not', () => {
  expect(textOf(ca)).toEqual({ text: 'certificates' });
  expect(textOf(folder)).toEqual({ problem: expect.stringContaining('cannot be read') as string });
});
