import { describe, expect, test } from 'vitest';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { FixedDelay } from '../../src/transports/fixed-delay.ts';
import { FetchRequest } from '../../src/transports/http-fetch-request.ts';

const slowMs = 100;

function asked(request: Request, clock = new VirtualClock()): FetchRequest {
  return new FetchRequest(request, new FixedDelay(clock, slowMs));
}

/** A body that comes as the test says. */
class Body {
  controller!: ReadableStreamDefaultController<unknown>;
  isCancelled = false;
  readonly stream = new ReadableStream<unknown>({
    start: (controller) => {
      this.controller = controller;
    },
    cancel: () => {
      this.isCancelled = true;
    },
  });
}

function posted(body: ReadableStream | null, headers: Record<string, string> = {}): Request {
  return new Request('http://localhost/mcp', { method: 'POST', body, headers, duplex: 'half' });
}

interface Reading {
  readonly request: FetchRequest;
  /** What became of the body: its text, or why there is none. Said once. */
  readonly told: string[];
  readonly over: Promise<void>;
}

function reading(request: FetchRequest, bytesMax = 100): Reading {
  const told: string[] = [];
  const over = new Promise<void>((resolve) => {
    const tell = (what: string): void => {
      told.push(what);
      resolve();
    };
    request.readBody(
      {
        bodyRead: (body) => tell(decodeText(body)),
        bodyTooLarge: () => tell('too large'),
        bodyFailed: (status) => tell(String(status)),
      },
      bytesMax,
    );
  });
  return { request, told, over };
}

describe('a request of the Fetch standard', () => {
  test('has its path and query, its headers in turn, and the fields that decide', () => {
    const request = asked(
      new Request('http://localhost/mcp?a=b#c', {
        headers: { 'Mcp-Session-Id': 's', Accept: 'x', Origin: 'http://a' },
      }),
    );
    expect([request.method, request.url, request.sessionId, request.accept, request.origins]).toEqual([
      'GET',
      '/mcp?a=b',
      's',
      'x',
      'http://a',
    ]);
    expect(request.rawHeaders).toEqual(['accept', 'x', 'mcp-session-id', 's', 'origin', 'http://a']);
    expect([request.header('mcp-session-id'), request.header('x')]).toEqual(['s', undefined]);
  });

  test('is for the host of its header, and without one for that of its URL', () => {
    expect(asked(new Request('http://a.example:81/')).hosts).toBe('a.example:81');
    expect(asked(new Request('http://a.example/', { headers: { Host: 'b.example' } })).hosts).toBe('b.example');
  });
});

describe('its body', () => {
  test('is read as it comes, and once it is there, is all of it', async () => {
    const body = new Body();
    const { told, over } = reading(asked(posted(body.stream as ReadableStream)));
    for (const part of ['{"', 'é', '"}']) body.controller.enqueue(encodeText(part));
    expect(told).toEqual([]);
    body.controller.close();
    await over;
    expect(told).toEqual(['{"é"}']);
  });

  test('may be none', async () => {
    const { told, over } = reading(asked(posted(null)));
    await over;
    expect(told).toEqual(['']);
  });

  test.each([{}, { 'Content-Length': '101' }])('that is too long is not read to its end (%j)', async (headers) => {
    const body = new Body();
    const { told, over } = reading(asked(posted(body.stream as ReadableStream, headers)));
    if (!('Content-Length' in headers)) body.controller.enqueue(new Uint8Array(101));
    await over;
    expect([told, body.isCancelled]).toEqual([['too large'], true]);
  });

  test('that breaks off in the middle, or holds what is no bytes, has failed', async () => {
    const bodies = [new Body(), new Body()] as const;
    const readings = bodies.map(({ stream }) => reading(asked(posted(stream as ReadableStream))));
    for (const { controller } of bodies) controller.enqueue(encodeText('{'));
    bodies[0].controller.error(new Error('gone'));
    bodies[1].controller.enqueue('text');
    await Promise.all(readings.map(async ({ over }) => over));
    expect(readings.map(({ told }) => told)).toEqual([['400'], ['400']]);
  });

  test('that takes too long has failed, and one that came in time has not', async () => {
    const clock = new VirtualClock();
    const [slow, quick] = [new Body(), new Body()];
    const [late, inTime] = [slow, quick].map(({ stream }) => reading(asked(posted(stream as ReadableStream), clock)));
    quick.controller.close();
    await inTime!.over;
    clock.advance(slowMs);
    await late!.over;
    expect([late!.told, inTime!.told, slow.isCancelled]).toEqual([['408'], [''], true]);
  });

  test('that nobody wants any more is told to nobody', async () => {
    const clock = new VirtualClock();
    const body = new Body();
    const { request, told } = reading(asked(posted(body.stream as ReadableStream), clock));
    request.giveUp();
    clock.advance(slowMs);
    await new Promise(setImmediate);
    expect([told, body.isCancelled]).toEqual([[], true]);
  });
});
