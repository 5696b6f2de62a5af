import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/auth/static-tokens.ts';
import { nameProblem, readTokens, tokenLine, tokensMax } from '../../src/auth/token-file.ts';

const alice = { name: 'alice', digest: digestOf('one'), scopes: undefined };
const bob = { name: 'bob@example.com', digest: digestOf('two'), scopes: ['read', 'tools:call'] };

describe('a file of tokens', () => {
  test('has a line for each, comments and empty lines', () => {
    const text = `# who may come in\r\n\n${tokenLine(alice)}\r\n  ${tokenLine(bob)}  \n`;
    expect(readTokens(text, 'tokens')).toEqual({ tokens: [alice, bob] });
  });

  test.each([
    ['alice my-secret-token', /^tokens:1: after the name stands sha256:.*'ninelives auth token NAME' makes a line$/],
    ['alice', /^tokens:1: after the name/],
    ['\nal#ice sha256:00', /^tokens:2: a name has letters/],
    [`alice sha256:${'0'.repeat(64)} "x"`, /^tokens:1: a scope is/],
    [`${tokenLine(alice)}\n${tokenLine({ ...alice, name: 'eve' })}`, /^tokens:2: this token stands in a line above/],
    ['# nobody', /^tokens: there is no token in it/],
  ])('with %j says where it is wrong', (text, problem) => {
    expect(readTokens(text, 'tokens')).toEqual({ problem: expect.stringMatching(problem) as string });
  });

  test('that is wrong is not repeated, since it may hold a token', () => {
    const said = JSON.stringify([readTokens('my-secret-token!', 'f'), readTokens('alice my-secret-token', 'f')]);
    expect(said).not.toContain('my-secret-token');
  });

  test('is not longer than anybody keeps by hand', () => {
    const lines = (count: number): string =>
      Array.from({ length: count }, (_, at) => tokenLine({ ...alice, digest: digestOf(String(at)) })).join('\n');
    expect(readTokens(lines(tokensMax), 'f')).toHaveProperty('tokens');
    expect(readTokens(lines(tokensMax + 1), 'f')).toEqual({
      problem: `f:${tokensMax + 1}: more than ${tokensMax} tokens`,
    });
  });
});

test('a name is never that of somebody whom an issuer names', () => {
  expect(nameProblem('alice')).toBeUndefined();
  expect(nameProblem('https://issuer.example.com#alice')).toBeDefined();
  expect(nameProblem('')).toBeDefined();
});
