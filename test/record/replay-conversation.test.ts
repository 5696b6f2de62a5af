import { describe, expect, test } from 'vitest';
import { type Conversation, type Taped, conversationsOf, untilLine } from '../../src/record/replay-conversation.ts';
import { loadTape } from '../../src/record/tape-travel.ts';
import { type TapedOptions, taped } from './taped.ts';

async function conversations(options: TapedOptions): Promise<readonly Conversation[]> {
  const tape = await loadTape(await taped(options));
  if (!('header' in tape)) throw new Error(tape.problem);
  return conversationsOf(tape);
}

const told = ({ from, kind, method }: Taped): string => `${from} ${kind} ${method}`;

/** Adds members to the first line that has this text. */
const withMembers = (text: string, members: object): ((line: string) => string) => {
  let isDone = false;
  return (line) => {
    if (isDone || !line.includes(text)) return line;
    isDone = true;
    const { body, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return JSON.stringify({ ...rest, ...members, ...(body === undefined ? {} : { body }) });
  };
};

describe('what a client and a server said to each other', () => {
  test('is in the order of the tape, session by session, with each answer at its request', async () => {
    const [one, two] = await conversations({ sessions: 2 });
    expect(one!.messages.map(told)).toEqual([
      'client request initialize',
      'server response initialize',
      'client notification notifications/initialized',
      'client request tools/list',
      'server response tools/list',
    ]);
    const [, , , request, answer] = two!.messages;
    expect(request).toMatchObject({ kind: 'request', id: 1, outcome: 'result', session: 2 });
    expect(request?.kind === 'request' && request.answer).toBe(answer);
    expect(answer?.kind === 'response' && answer.request).toBe(request);
    expect(answer?.message).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect(answer!.line).toBe(request!.line + 1);
  });

  test('goes both ways: what a server asks, and what the client answers', async () => {
    const [only] = await conversations({
      talk: ({ client, server }) => {
        server.asks(1, 'roots/list');
        client.takesAll();
        client.answers(1, { roots: [] });
        server.takesAll();
      },
    });
    expect(only!.messages.slice(3).map(told)).toEqual(['server request roots/list', 'client response roots/list']);
  });

  test('says of a request that was given up that it was, and not what came too late', async () => {
    const [only] = await conversations({
      talk: ({ client, server }) => {
        client.asks(1, 'tools/list');
        server.takesAll();
        client.notifies('notifications/cancelled', { requestId: 1 });
        server.takesAll();
        server.answers(1);
      },
    });
    expect(only!.messages.slice(3).map(told)).toEqual([
      'client request tools/list',
      'client notification notifications/cancelled',
    ]);
    expect(only!.messages[3]).toMatchObject({ outcome: 'cancelled', answer: undefined });
  });

  test('leaves out what never reached the server, and has what reached it instead', async () => {
    const listing = '"method":"tools/list"';
    const refused = withMembers(listing, { verdict: { kind: 'refuse', refusal: { code: 'BLOCKED', data: {} } } });
    expect((await conversations({ edit: refused }))[0]!.messages.map(told)).not.toContain('client request tools/list');
    const undecided = withMembers(listing, { verdict: 'awaited' });
    expect((await conversations({ edit: undecided }))[0]!.messages).toHaveLength(3);
    const undone = withMembers(listing, { decision: 'rolled-back' });
    expect((await conversations({ edit: undone }))[0]!.messages).toHaveLength(3);
    const message = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}';
    const changed = withMembers(listing, { verdict: { kind: 'forward', message } });
    expect((await conversations({ edit: changed }))[0]!.messages[3]!.message).toEqual(JSON.parse(message));
  });

  test('has what a server said as it said it, whatever the client heard', async () => {
    const dropped = withMembers('"method":"notifications/message"', { verdict: { kind: 'drop' } });
    const [only] = await conversations({
      edit: dropped,
      talk: ({ server, client }) => {
        server.notifies('notifications/message', { data: 'x' });
        client.takesAll();
      },
    });
    expect(only!.messages.map(told)).toContain('server notification notifications/message');
  });
});

test('a conversation that ends at a line has what was said until then, and waits for the rest', async () => {
  const [only] = await conversations({
    talk: ({ client, server }) => {
      client.asks(1, 'a');
      client.asks(2, 'b');
      server.takesAll();
      server.answers(1);
      server.answers(2);
      client.takesAll();
    },
  });
  const first = only!.messages.find((message) => message.kind === 'response' && message.request.method === 'a')!;
  const short = untilLine(only!, first.line);
  expect(short.messages.map(told)).toEqual(only!.messages.slice(0, -1).map(told));
  const [a, b] = short.messages.filter((message) => message.kind === 'request').slice(1);
  expect([a?.answer?.line, a?.outcome]).toEqual([first.line, 'result']);
  expect([b?.answer, b?.outcome]).toEqual([undefined, undefined]);
});
