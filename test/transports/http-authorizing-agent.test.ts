import { describe, expect, test } from 'vitest';
import type { HttpAgent, HttpRequest, HttpResponseHandler } from '../../src/transports/http-agent.ts';
import { type Credentials, authorizingAgent } from '../../src/transports/http-authorizing-agent.ts';

interface Sent {
  readonly request: HttpRequest;
  readonly handler: HttpResponseHandler;
}

const request: HttpRequest = {
  origin: 'http://h',
  path: '/mcp',
  method: 'POST',
  headers: ['Authorization', 'of the client', 'accept', 'x'],
  body: Buffer.from('{}'),
};

/** A request that goes out through an agent with these credentials, and what is heard of it. */
function open(credentials: Partial<Credentials>, asked: Partial<HttpRequest> = {}) {
  const sent: Sent[] = [];
  const heard: string[] = [];
  const plain: HttpAgent = {
    send: (_lane, outgoing, handler) => void sent.push({ request: outgoing, handler }),
    close: async () => {
      heard.push('closed');
      return Promise.resolve();
    },
  };
  const agent = authorizingAgent(plain, {
    authorization: () => 'Bearer a',
    refused: async () => Promise.resolve(false),
    ...credentials,
  });
  let abort = (): void => {};
  agent.send(
    'calls',
    { ...request, ...asked },
    {
      onConnect: (given) => {
        abort = given;
        heard.push('connect');
      },
      onHeaders: (status) => {
        heard.push(String(status));
        return true;
      },
      onData: (chunk) => {
        heard.push(chunk.toString());
        return true;
      },
      onComplete: () => void heard.push('complete'),
      onError: (error) => void heard.push(error.message),
    },
  );
  return { agent, sent, heard, abort: () => abort() };
}

function answers({ handler }: Sent, status: number, headers: Readonly<Record<string, string>> = {}, body = ''): void {
  handler.onConnect(() => {});
  const list = Object.entries(headers).flatMap(([name, value]) => [Buffer.from(name), Buffer.from(value)]);
  handler.onHeaders(status, list, () => {});
  if (body !== '') handler.onData(Buffer.from(body));
  handler.onComplete();
}

const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('an agent that says who we are', () => {
  test('says it in place of what stands there, and nothing where there is nothing', () => {
    const { sent } = open({});
    expect(sent[0]?.request.headers).toEqual(['accept', 'x', 'authorization', 'Bearer a']);
    expect(open({ authorization: () => undefined }).sent[0]?.request).toEqual(request);
  });

  test('waits for what it has to say', async () => {
    const { sent } = open({ authorization: async () => Promise.resolve('Bearer later') });
    expect(sent).toEqual([]);
    await settled();
    expect(sent[0]?.request.headers).toContain('Bearer later');
  });

  test('passes on what is answered', () => {
    const { sent, heard } = open({});
    answers(sent[0]!, 200, {}, 'body');
    expect(heard).toEqual(['connect', '200', 'body', 'complete']);
  });

  test('tries once more with something else, of which nothing is noticed', async () => {
    const told: unknown[] = [];
    let said = 'Bearer a';
    const { sent, heard } = open({
      authorization: () => said,
      refused: async (...what) => {
        told.push(...what);
        said = 'Bearer b';
        return Promise.resolve(true);
      },
    });
    answers(sent[0]!, 401, { 'WWW-Authenticate': 'Bearer x' }, 'who are you');
    await settled();
    expect(told).toEqual(['Bearer a', 'Bearer x', true]);
    expect(sent[1]?.request).toEqual({ ...request, headers: ['accept', 'x', 'authorization', 'Bearer b'] });
    answers(sent[1]!, 200, {}, 'body');
    expect(heard).toEqual(['connect', '200', 'body', 'complete']);
  });

  test.each([401, 403])(
    'passes %d on when there is nothing else to say, or that was refused as well',
    async (status) => {
      const challenge = { 'www-authenticate': 'Bearer error="insufficient_scope"' };
      const { sent, heard } = open({});
      answers(sent[0]!, status, challenge, 'no');
      await settled();
      expect(heard).toEqual(['connect', String(status), 'no', 'complete']);
      const again = open({ refused: async () => Promise.resolve(true) });
      answers(again.sent[0]!, status, challenge, 'no');
      await settled();
      answers(again.sent[1]!, status, challenge, 'still no');
      await settled();
      expect([again.sent.length, again.heard]).toEqual([2, ['connect', String(status), 'still no', 'complete']]);
    },
  );

  test('takes 403 for what it says otherwise', async () => {
    let asked = 0;
    const { sent, heard } = open({
      refused: async () => {
        asked += 1;
        return Promise.resolve(true);
      },
    });
    answers(sent[0]!, 403, {}, 'not you');
    await settled();
    expect([asked, heard]).toEqual([0, ['connect', '403', 'not you', 'complete']]);
  });

  test('does not go on with what was taken back meanwhile', async () => {
    let decide = (_hasOther: boolean): void => {};
    const { sent, heard, abort } = open({
      refused: async () =>
        new Promise((resolve) => {
          decide = resolve;
        }),
    });
    answers(sent[0]!, 401);
    abort();
    decide(true);
    await settled();
    expect([sent.length, heard]).toEqual([1, ['connect']]);
  });

  test('asks nobody to log in for the end of a session', async () => {
    let mayAsk: boolean | undefined;
    const { sent } = open(
      {
        refused: async (_said, _challenge, may) => {
          mayAsk = may;
          return Promise.resolve(false);
        },
      },
      { method: 'DELETE', body: null },
    );
    answers(sent[0]!, 401);
    await settled();
    expect(mayAsk).toBe(false);
  });

  test('passes on what goes wrong, and reconsiders a refusal that breaks off', async () => {
    const { sent, heard } = open({});
    sent[0]?.handler.onError(new Error('ECONNREFUSED'));
    expect(heard).toEqual(['ECONNREFUSED']);
    const other = open({});
    other.sent[0]?.handler.onConnect(() => {});
    other.sent[0]?.handler.onHeaders(401, [], () => {});
    other.sent[0]?.handler.onError(new Error('ECONNRESET'));
    await settled();
    expect(other.heard).toEqual(['connect', '401', 'complete']);
  });

  test('closes with its own', async () => {
    const { agent, heard } = open({});
    await agent.close();
    expect(heard).toEqual(['closed']);
  });
});
