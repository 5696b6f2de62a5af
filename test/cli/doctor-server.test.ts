/** Servers are tried as they are: started, greeted, and stopped. */
import { describe, expect, test } from 'vitest';
import { tryServer } from '../../src/cli/doctor-server.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { startedChildren } from '../../src/transports/child-roster.ts';
import { fixture } from '../e2e/program.ts';

const tried = async (server: readonly string[], withinMs?: number) => tryServer(server, systemClock(), withinMs);
const script = (code: string): readonly string[] => [process.execPath, '-e', code];
const answering = (message: string): readonly string[] =>
  script(`process.stdin.once('data', () => console.log(${JSON.stringify(message)})).resume()`);

describe('a server', () => {
  test('that answers is well, and is gone afterwards', async () => {
    expect(await tried([process.execPath, fixture('scripted-server.mjs')])).toEqual([
      {
        check: 'server',
        verdict: 'ok',
        says: expect.stringMatching(/^scripted 1\.0\.0 shakes hands in \d+ ms, and speaks 2025-11-25$/) as string,
      },
    ]);
    expect(startedChildren()).toEqual([]);
  });

  test.each<[string, readonly string[], string, string]>([
    ['is not there', ['/no/such/server'], '/no/such/server was not found', 'say its whole path'],
    ['cannot be executed', [fixture('.')], 'cannot be executed', 'chmod'],
    [
      'ends at once',
      script('console.error("no key"); process.exit(3)'),
      'ended with code 3 before it answered',
      'it said: no key',
    ],
    ['ends without a word', script(''), 'ended with code 0 before it answered', 'run it by hand'],
  ])('that %s is a problem', async (_what, server, says, todo) => {
    const [finding] = await tried(server);
    expect(finding).toMatchObject({
      verdict: 'problem',
      says: expect.stringContaining(says) as string,
      todo: expect.stringContaining(todo) as string,
    });
  });

  test('that says nothing is a problem in the end', async () => {
    const [finding] = await tried(script('process.stdin.resume()'), 300);
    expect(finding).toMatchObject({
      verdict: 'problem',
      says: expect.stringContaining('does not answer initialize within 0.3 s') as string,
    });
  });

  test('that refuses the handshake, or chats on its standard output, is a warning', async () => {
    const refusal = '{"jsonrpc":"2.0","id":"ninelives-doctor","error":{"code":-32601,"message":"no"}}';
    const findings = await tried(answering(`starting up\nready\n${refusal}`));
    expect(findings.map(({ verdict, says }) => [verdict, says])).toEqual([
      ['warning', expect.stringMatching(/answers in \d+ ms, and refuses the handshake$/)],
      ['warning', 'it wrote 2 lines that are no messages to its standard output'],
    ]);
  });
});
