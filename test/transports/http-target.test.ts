import { describe, expect, test } from 'vitest';

import { httpProblem, httpTarget } from '../../src/transports/http-target.ts';

describe('the address of a server on HTTP', () => {
  test('is where its requests go, and is shown without what only the server may know', () => {
    const target = httpTarget('https://user:p%40ss@mcp.example:8443/a/mcp?key=k#part');
    expect({ ...target, headers: [...target.headers] }).toEqual({
      origin: 'https://mcp.example:8443',
      path: '/a/mcp?key=k',
      shown: 'https://mcp.example:8443/a/mcp',
      headers: [['authorization', `Basic ${Buffer.from('user:p@ss').toString('base64')}`]],
    });
  });

  test('may have credentials of which a part is empty or no percent-encoding', () => {
    const basic = (url: string): string | undefined => httpTarget(url).headers.get('authorization');
    expect(basic('http://token@h/')).toBe(`Basic ${Buffer.from('token:').toString('base64')}`);
    expect(basic('http://h/')).toBeUndefined();
    expect(basic('http://100%:x@h/')).toBe(`Basic ${Buffer.from('100%:x').toString('base64')}`);
  });

  test.each(['', 'mcp', 'ws://h/', 'file:///etc/passwd', 'http://'])('is not %j', (url) => {
    expect(httpProblem(url)).toBe('This is no http:// or https:// URL');
    expect(() => httpTarget(url)).toThrow(RangeError);
  });
});

describe('headers that a user chooses', () => {
  test('win over credentials in the URL, in whatever case they are written', () => {
    const { headers } = httpTarget('http://u:p@h/', { AUTHORIZATION: ' Bearer t ', 'X-Y': 'é' });
    expect([...headers]).toEqual([
      ['authorization', 'Bearer t'],
      ['x-y', 'é'],
    ]);
  });

  test.each([
    ['X Y', 'v', '"X Y" is no name of a header'],
    ['', 'v', '"" is no name of a header'],
    ['X-Y', 'a\r\nEvil: 1', 'The value of the header X-Y has characters that no header may have'],
    ['X-Y', '—', 'The value of the header X-Y has characters that no header may have'],
    ['Content-Length', '3', 'The header Content-Length belongs to the connection and cannot be chosen'],
    ['Transfer-Encoding', 'x', 'The header Transfer-Encoding belongs to the connection and cannot be chosen'],
  ])('are refused: %j with %j', (name, value, problem) => {
    expect(httpProblem('http://h/', { [name]: value })).toBe(problem);
  });
});
