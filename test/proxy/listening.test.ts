import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ListenError, listenOn, listenProblem, urlOf } from '../../src/proxy/listening.ts';

const listen = { host: '127.0.0.1', port: 0, path: '/mcp' };

describe('listening', () => {
  test('says on which port when any would do', async () => {
    const server = createServer();
    onTestFinished(() => void server.close());
    const address = await listenOn(server, listen);
    expect(urlOf('http', address, '/mcp')).toBe(`http://127.0.0.1:${address.port}/mcp`);
    expect(address.port).toBeGreaterThan(0);
  });

  test('on a port that is in use says what to type instead', async () => {
    const [first, second] = [createServer(), createServer()];
    onTestFinished(() => void first.close());
    const { port } = await listenOn(first, listen);
    const failure = listenOn(second, { ...listen, port });
    await expect(failure).rejects.toThrow(ListenError);
    await expect(failure).rejects.toThrow(`port ${port} of 127.0.0.1 is in use: say another with --listen`);
  });

  test.each([
    ['EADDRNOTAVAIL', 'is no address of this machine'],
    ['ENOTFOUND', 'is no address of this machine'],
    ['EACCES', 'may not be opened by this user'],
    ['EMFILE', 'cannot listen on 10.0.0.1:80: too many'],
  ])('that fails with %s says what is wrong', (code, sentence) => {
    expect(listenProblem(Object.assign(new Error('too many'), { code }), '10.0.0.1', 80)).toContain(sentence);
  });
});

test('an IPv6 address stands in brackets', () => {
  expect(urlOf('wss', { address: '::1', family: 'IPv6', port: 1 }, '/x')).toBe('wss://[::1]:1/x');
});
