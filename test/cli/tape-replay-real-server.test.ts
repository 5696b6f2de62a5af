import { describe, expect, test } from 'vitest';
import { RealServer } from '../../src/cli/tape-replay-real-server.ts';
import { type ReplayUpstream, bytesOf, messageIn } from '../../src/cli/tape-replay-upstream.ts';
import type { MessageValue } from '../../src/record/replay-conversation.ts';
import { answer, notification, request } from '../record/conversing.ts';

/** A server that is there as soon as it is opened. */
function stage() {
  const heard: unknown[] = [];
  const toClient: unknown[] = [];
  let says = (_message: MessageValue): void => {};
  let opened = 0;
  let ended = false;
  const upstream = {
    send: (bytes: Uint8Array) => heard.push(messageIn(bytes)),
    end: () => {
      ended = true;
    },
    kill: () => {},
    ended: Promise.resolve(),
  } as unknown as ReplayUpstream;
  const real = new RealServer({
    open: async (onMessage) => {
      opened += 1;
      says = (message) => onMessage(bytesOf(message), message);
      return Promise.resolve(upstream);
    },
    toClient: (bytes) => toClient.push(messageIn(bytes)),
  });
  return {
    real,
    ask: async (message: MessageValue) => {
      real.ask(bytesOf(message), message);
      await Promise.resolve();
      await Promise.resolve();
    },
    tell: (message: MessageValue) => real.tell(bytesOf(message), message),
    says: (message: MessageValue) => says(message),
    heard: () => heard.splice(0),
    toClient: () => toClient.splice(0),
    opened: () => opened,
    isEnded: () => ended,
  };
}

const hello = request(0, 'initialize', { clientInfo: { name: 'mine' } });
const initialized = notification('notifications/initialized');

describe('the real server behind a tape', () => {
  test('is started when it is needed first, and greeted as the client has greeted', async () => {
    const { real, ask, tell, says, heard, toClient, opened } = stage();
    real.note(hello);
    tell(initialized);
    expect(opened()).toBe(0);
    await ask(request(7, 'tools/call'));
    expect(opened()).toBe(1);
    const [greeting] = heard() as [MessageValue];
    expect(greeting).toMatchObject({ method: 'initialize', params: { clientInfo: { name: 'mine' } } });
    says(answer(greeting['id'] as string, { serverInfo: {} }));
    expect(heard()).toEqual([initialized, request(7, 'tools/call')]);
    says(answer(7, 'real'));
    says(request(1, 'roots/list'));
    expect(toClient()).toEqual([answer(7, 'real'), request(1, 'roots/list')]);
    tell(answer(1, {}));
    tell(initialized);
    await ask(request(8, 'tools/call'));
    expect(heard()).toEqual([answer(1, {}), request(8, 'tools/call')]);
    expect(opened()).toBe(1);
  });

  test('is greeted by the client itself, where the tape has no greeting or none is needed', async () => {
    const first = stage();
    first.real.note(hello);
    await first.ask(hello);
    first.tell(initialized);
    expect(first.heard()).toEqual([hello, initialized]);
    const second = stage();
    await second.ask(request(1, 'tools/list'));
    expect(second.heard()).toEqual([request(1, 'tools/list')]);
  });

  test('is ended with us, if it was there', async () => {
    const never = stage();
    await never.real.end();
    expect([never.opened(), never.isEnded()]).toEqual([0, false]);
    const once = stage();
    await once.ask(request(1, 'tools/list'));
    await once.real.end();
    expect(once.isEnded()).toBe(true);
  });
});
