import { describe, expect, test } from 'vitest';
import { isLoopback, urlProblem, webUrlOf } from '../../src/auth/fetching.ts';

const far = new URL('https://mcp.example.com/mcp');
const here = new URL('http://127.0.0.1:3000/mcp');

test.each([
  ['wss://example.com:8443/mcp?a=b', 'https://example.com:8443/mcp?a=b'],
  ['ws://127.0.0.1:1/', 'http://127.0.0.1:1/'],
  ['https://ws.example.com/ws', 'https://ws.example.com/ws'],
])('over HTTP the server at %s is at %s', (url, web) => {
  expect(webUrlOf(new URL(url)).href).toBe(web);
});

describe('a URL that another server names', () => {
  test.each([
    ['https://auth.example.com/x', far],
    ['https://8.8.8.8/x', far],
    ['https://10.0.0.7/token', new URL('https://10.0.0.7/mcp')],
    ['https://auth.example.com/x', here],
    ['http://localhost:9000/x', here],
    ['http://[::1]:9000/x', here],
    ['https://10.0.0.7/x', here],
  ])('%s may be asked', (url, from) => {
    expect(urlProblem(new URL(url), from)).toBeUndefined();
  });

  test.each([
    ['http://auth.example.com/x', far, /is not reached by https/],
    ['ftp://auth.example.com/x', far, /is not reached by https/],
    ['file:///etc/passwd', far, /is not reached by https/],
    ['http://10.0.0.7/x', here, /is not reached by https/],
    ['https://user:secret@auth.example.com/x', far, /^https:\/\/auth\.example\.com has credentials/],
    ['http://127.0.0.1:8080/x', far, /is an address of this machine/],
    ['https://localhost/x', far, /is an address of this machine/],
    ['https://[::1]/x', far, /is an address of this machine/],
    ['https://169.254.169.254/latest/meta-data', far, /is an address of this machine or its network/],
    ['https://10.1.2.3/x', far, /or its network/],
    ['https://192.168.1.1/x', far, /or its network/],
    ['https://[fd00::1]/x', far, /or its network/],
    ['https://[::ffff:10.0.0.1]/x', far, /or its network/],
    ['https://0/x', far, /or its network/],
    ['https://2130706433/x', far, /or its network/],
  ])('%s is not asked', (url, from, problem) => {
    expect(urlProblem(new URL(url), from)).toMatch(problem);
  });
});

test('this machine has three names', () => {
  const isHere = (url: string): boolean => isLoopback(new URL(url));
  expect(['http://localhost', 'http://127.9.9.9', 'http://[::1]:1'].every(isHere)).toBe(true);
  expect(['http://localhost.example.com', 'http://127.0.0.1.example.com', 'http://128.0.0.1'].some(isHere)).toBe(false);
});
