import { describe, expect, test } from 'vitest';

import type { HttpLane, HttpRequest, HttpResponseHandler } from '../../src/transports/http-agent.ts';
import { HttpRequests } from '../../src/transports/http-requests.ts';
import { httpTarget } from '../../src/transports/http-target.ts';

/** The requests of a session, and what its agent was given. */
function open() {
  const sent: { readonly lane: HttpLane; readonly request: HttpRequest; readonly handler: HttpResponseHandler }[] = [];
  const agent = {
    send: (lane: HttpLane, request: HttpRequest, handler: HttpResponseHandler) =>
      void sent.push({ lane, request, handler }),
    close: async () => {},
  };
  const requests = new HttpRequests(agent, httpTarget('http://h:1/mcp?a=b'), { messageBytesMax: 100 });
  const ended: number[] = [];
  const send = (path?: string) =>
    requests.send(
      'calls',
      { method: 'POST', headers: ['a', 'b'], body: Buffer.from('x'), ...(path === undefined ? {} : { path }) },
      { head: () => {}, ended: ({ status }) => ended.push(status), failed: () => ended.push(0) },
    );
  return { requests, sent, send, ended };
}

describe('the requests of a session', () => {
  test('all go to one place, unless told otherwise', () => {
    const { sent, send } = open();
    send();
    send('/other');
    expect(sent.map(({ lane, request }) => [lane, request])).toEqual([
      [
        'calls',
        { origin: 'http://h:1', path: '/mcp?a=b', method: 'POST', headers: ['a', 'b'], body: Buffer.from('x') },
      ],
      ['calls', { origin: 'http://h:1', path: '/other', method: 'POST', headers: ['a', 'b'], body: Buffer.from('x') }],
    ]);
  });

  test('are paused together, those that come later too', () => {
    const { requests, sent, send } = open();
    send();
    requests.pause(true);
    send();
    for (const { handler } of sent) expect(handler.onHeaders(200, [], () => {})).toBe(false);
    requests.pause(false);
    send();
    expect(sent[2]?.handler.onHeaders(200, [], () => {})).toBe(true);
  });

  test('are open until they end or are ended', () => {
    const { requests, sent, send, ended } = open();
    send();
    send();
    expect(requests.size).toBe(2);
    sent[0]?.handler.onHeaders(204, [], () => {});
    sent[0]?.handler.onComplete();
    expect([requests.size, ended]).toEqual([1, [204]]);
    requests.abortAll();
    expect([requests.size, ended]).toEqual([0, [204]]);
  });
});
