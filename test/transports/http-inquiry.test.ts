import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { openHttpAgent } from '../../src/transports/http-agent.ts';
import { type InquiryLimits, inquirer } from '../../src/transports/http-inquiry.ts';

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

async function open(serve: Serve, limits: InquiryLimits = {}, clock = systemClock()) {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = await openHttpAgent();
  onTestFinished(async () => {
    await agent.close();
    server.closeAllConnections();
    server.close();
  });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a?b=c`);
  return { url, server, ask: inquirer(agent, clock, limits) };
}

describe('a request of our own', () => {
  test('has its whole answer', async () => {
    const { url, ask } = await open((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(400, { 'content-type': 'application/json', 'www-authenticate': 'Bearer', 'x-other': '1' });
        response.end(JSON.stringify([request.method, request.url, request.headers['x-y'], body]));
      });
    });
    const answer = await ask(url, { method: 'POST', headers: { 'x-y': 'z' }, body: 'grüß' });
    expect([answer.status, await answer.json()]).toEqual([400, ['POST', '/a?b=c', 'z', 'grüß']]);
    expect([...answer.headers]).toEqual([
      ['content-type', 'application/json'],
      ['www-authenticate', 'Bearer'],
    ]);
  });

  test('may have an answer without body, and is not led elsewhere', async () => {
    let asked = 0;
    const { url, ask } = await open((_request, response) => {
      asked += 1;
      response.writeHead(asked === 1 ? 204 : 302, { location: '/elsewhere' });
      response.end();
    });
    expect((await ask(url, { method: 'GET' })).status).toBe(204);
    const answer = await ask(url, { method: 'GET' });
    expect([answer.status, answer.headers.get('location'), asked]).toEqual([302, '/elsewhere', 2]);
  });

  test('does not read more than it was told to', async () => {
    const { url, ask } = await open((_request, response) => void response.end('x'.repeat(2000)), {
      answerBytesMax: 1000,
    });
    await expect(ask(url, { method: 'GET' })).rejects.toThrow(`${url.origin} answered with more than 1000 bytes`);
  });

  test('does not wait for ever', async () => {
    const clock = new VirtualClock();
    let heard = (): void => {};
    const isHeard = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const { url, ask } = await open(() => heard(), { timeoutMs: 500 }, clock);
    const answer = ask(url, { method: 'GET' });
    await isHeard;
    clock.advance(500);
    await expect(answer).rejects.toThrow(`${url.origin} did not answer in 500 ms`);
    expect(clock.pending).toBe(0);
  });

  test('to nobody says where nobody was, and neither path nor body', async () => {
    const { url, server, ask } = await open(() => {});
    server.close();
    await expect(ask(url, { method: 'POST', body: 'secret' })).rejects.toThrow(
      new RegExp(`^Nobody listens at ${url.origin} \\(ECONNREFUSED [\\d.:]+\\)$`),
    );
  });

  test('wants no stream of events', async () => {
    const { url, ask } = await open((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('data: x\n\n');
    });
    await expect(ask(url, { method: 'GET' })).rejects.toThrow(`${url.origin} answered with a stream of events`);
  });
});
