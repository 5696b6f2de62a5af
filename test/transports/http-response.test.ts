import { describe, expect, test } from 'vitest';

import type { HttpResponseHandler } from '../../src/transports/http-agent.ts';
import { HttpResponse } from '../../src/transports/http-response.ts';

/** A response that the test brings byte by byte, as an agent would, and what is told of it. */
function open({ messageBytesMax = 100, isPaused = false } = {}) {
  const told: unknown[] = [];
  const aborted: unknown[] = [];
  let resumed = 0;
  const list = new Set<HttpResponse>();
  const response = new HttpResponse(
    { messageBytesMax },
    {
      started: () => told.push('started'),
      head: ({ status, isEventStream }) => told.push([status, isEventStream ? 'events' : 'body']),
      event: ({ data, id }) => told.push([id, data && Buffer.from(data).toString()]),
      oversize: ({ fault }, bytes, { id }) => told.push([fault, bytes, id]),
      ended: ({ status }, body) =>
        told.push(['ended', status, body instanceof Uint8Array ? Buffer.from(body).toString() : body]),
      failed: (error, wasStarted) => told.push(['failed', error.message, wasStarted]),
    },
    isPaused,
    list,
  );
  const handler: HttpResponseHandler = response;
  const head = (status: number, headers: Readonly<Record<string, string>> = {}): boolean =>
    handler.onHeaders(
      status,
      Object.entries(headers).flatMap(([name, value]) => [Buffer.from(name), Buffer.from(value)]),
      () => {
        resumed += 1;
      },
    );
  const connect = (): void => handler.onConnect((reason) => void aborted.push(reason));
  const data = (text: string): boolean => handler.onData(Buffer.from(text));
  return { response, handler, told, aborted, list, head, connect, data, resumes: () => resumed };
}

const events = { 'Content-Type': 'Text/Event-Stream; charset=utf-8' };

describe('a response', () => {
  test('that is no event stream is told in one piece', () => {
    const { handler, told, connect, head, data, list } = open();
    connect();
    head(200, { 'content-type': 'application/json' });
    data('{"a"');
    data(':1');
    data('}');
    expect(list.size).toBe(1);
    handler.onComplete();
    expect(told).toEqual(['started', [200, 'body'], ['ended', 200, '{"a":1}']]);
    expect(list.size).toBe(0);
  });

  test('that is an event stream is told event by event, wherever it is cut', () => {
    const stream = 'id: 1\r\ndata: {"a":1}\r\n\r\n: comment\n\nretry: 5\ndata: x\ndata: y\n\n';
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const { handler, told, connect, head, data } = open();
      connect();
      head(200, events);
      data(stream.slice(0, cut));
      data(stream.slice(cut));
      handler.onComplete();
      expect(told).toEqual([
        'started',
        [200, 'events'],
        ['1', '{"a":1}'],
        [undefined, 'x\ny'],
        ['ended', 200, undefined],
      ]);
    }
  });

  test('with an event stream that refuses is told as what it says', () => {
    const { handler, told, connect, head, data } = open();
    connect();
    head(400, events);
    data('data: no\n\n');
    handler.onComplete();
    expect(told.at(-1)).toEqual(['ended', 400, 'data: no\n\n']);
  });

  test('begins with the first status that is one', () => {
    const { handler, told, connect, head } = open();
    connect();
    expect(head(103)).toBe(true);
    head(204);
    handler.onComplete();
    expect(told).toEqual(['started', [204, 'body'], ['ended', 204, '']]);
  });

  test('that is larger than the limit ends there, and its connection is let go', () => {
    const { told, connect, head, data, aborted, list } = open();
    connect();
    head(200);
    data('x'.repeat(100));
    expect(aborted).toEqual([]);
    data('x');
    expect(told.at(-1)).toEqual(['ended', 200, 'too-large']);
    expect([aborted.length, list.size]).toEqual([1, 0]);
  });

  test('that refuses at length is told as far as it fits', () => {
    const { told, connect, head, data, aborted } = open();
    connect();
    head(500);
    data('x'.repeat(60));
    data('y'.repeat(60));
    expect(told.at(-1)).toEqual(['ended', 500, 'x'.repeat(60)]);
    expect(aborted).toHaveLength(1);
  });

  test('with an event that is larger than the limit goes on behind it', () => {
    const { told, connect, head, data } = open();
    connect();
    head(200, events);
    data(`id: 7\ndata: ${'x'.repeat(101)}\n\ndata: y\n\n`);
    expect(told.slice(2)).toEqual([
      ['frame-too-large', 101, '7'],
      [undefined, 'y'],
    ]);
  });
});

describe('a request that fails', () => {
  test('before it was written was certainly not seen', async () => {
    const { handler, told, list } = open();
    handler.onError(new Error('refused'));
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual([['failed', 'refused', false]]);
    expect(list.size).toBe(0);
  });

  test('after that may have been seen', async () => {
    const { handler, told, connect } = open();
    connect();
    handler.onError(new Error('reset'));
    await Promise.resolve();
    expect(told).toEqual(['started', ['failed', 'reset', true]]);
  });
});

describe('a request that is given up', () => {
  test('before it was written is taken back when its turn comes', () => {
    const { response, told, connect, aborted } = open();
    response.abort();
    expect(connect).toThrow('taken back');
    expect([told, aborted]).toEqual([[], []]);
  });

  test('after that loses its connection, and nothing is told of it any more', async () => {
    const { response, handler, told, connect, head, data, aborted, list } = open();
    connect();
    head(200, events);
    response.abort();
    response.abort();
    expect([aborted.length, list.size, response.isOpen]).toEqual([1, 0, false]);
    data('data: x\n\n');
    handler.onComplete();
    handler.onError(new Error('aborted'));
    await Promise.resolve();
    expect(told).toEqual(['started', [200, 'events']]);
  });

  test('by what one of its events leads to tells no event after that', () => {
    const list = new Set<HttpResponse>();
    const told: unknown[] = [];
    const response = new HttpResponse(
      { messageBytesMax: 100 },
      {
        head: () => {},
        event: ({ id }) => {
          told.push(id);
          response.abort();
        },
        ended: () => told.push('ended'),
        failed: () => told.push('failed'),
      },
      false,
      list,
    );
    response.onConnect(() => {});
    response.onHeaders(200, [Buffer.from('content-type'), Buffer.from('text/event-stream')], () => {});
    response.onData(Buffer.from('id: 1\ndata: x\n\nid: 2\ndata: y\n\n'));
    expect(told).toEqual(['1']);
  });

  test('between its failure and the news of it keeps its peace', async () => {
    const { response, handler, told } = open();
    handler.onError(new Error('refused'));
    response.abort();
    await Promise.resolve();
    expect(told).toEqual([]);
  });
});

describe('a response that is paused', () => {
  test('is read no further until it goes on, and that not in the middle of anything', async () => {
    const { response, connect, head, data, resumes } = open();
    connect();
    expect(head(200, events)).toBe(true);
    response.pause(true);
    expect(data('data: x\n\n')).toBe(false);
    response.pause(false);
    expect(resumes()).toBe(0);
    await Promise.resolve();
    expect(resumes()).toBe(1);
    expect(data('data: y\n\n')).toBe(true);
  });

  test('from the beginning waits with its body', async () => {
    const { response, connect, head, resumes } = open({ isPaused: true });
    connect();
    expect(head(200)).toBe(false);
    response.pause(true);
    response.pause(false);
    response.pause(true);
    await Promise.resolve();
    expect(resumes()).toBe(0);
  });

  test('can be given up', () => {
    const { response, connect, head, data, aborted } = open();
    connect();
    head(200);
    response.pause(true);
    data('x');
    response.abort();
    expect(aborted).toHaveLength(1);
  });
});
