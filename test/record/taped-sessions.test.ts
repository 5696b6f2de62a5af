import { describe, expect, test } from 'vitest';
import { ownMember } from '../../src/protocol/derive.ts';
import { loadTape } from '../../src/record/tape-travel.ts';
import { type TapedSession, sessionsOn } from '../../src/record/taped-sessions.ts';
import { type TapedOptions, taped } from './taped.ts';

async function sessions(options: TapedOptions): Promise<readonly TapedSession[]> {
  const tape = await loadTape(await taped(options));
  if (!('header' in tape)) throw new Error(tape.problem);
  return sessionsOn(tape);
}

const shown = ({ exchanges }: TapedSession) =>
  exchanges.map(({ request, answer, outcome }) => [request.direction, request.method, answer?.value, outcome]);

describe('the conversations on a tape', () => {
  test('are those of its sessions: each request with its answer, and the states it went through', async () => {
    const [one, two, ...more] = await sessions({ sessions: 2 });
    expect([one!.session, two!.session, more]).toEqual([1, 2, []]);
    expect(one!.opened?.transportType).toBe('in-memory');
    expect(one!.exchanges.map(({ request }) => request.method)).toEqual(['initialize', 'tools/list']);
    expect(shown(two!)[1]).toEqual(['client-to-server', 'tools/list', { jsonrpc: '2.0', id: 1, result: {} }, 'result']);
    expect(one!.exchanges[1]!.answer).toMatchObject({
      method: 'tools/list',
      text: '{"jsonrpc":"2.0","id":1,"result":{}}',
    });
    expect(one!.notifications.map(({ method }) => method)).toEqual(['notifications/initialized']);
    expect(one!.turns.map(({ to }) => to)).toEqual(['active.serving', 'closed']);
    expect(one!.ended?.line.reason).toBe('closed-by-operator');
  });

  test('keep apart what both peers ask under one id, and who answers in another order', async () => {
    const [session] = await sessions({
      talk: ({ client, server }) => {
        client.asks(1, 'tools/call', { name: 'a' });
        client.asks(2, 'tools/call', { name: 'b' });
        server.takesAll();
        server.asks(1, 'ping');
        client.takesAll();
        server.answers(2, { of: 2 });
        client.answers(1, { of: 'ping' });
        server.answers(1, { of: 1 });
        client.takesAll();
        server.takesAll();
      },
    });
    expect(session!.exchanges.slice(1).map(({ answer }) => ownMember(answer?.value, 'result'))).toEqual([
      { of: 1 },
      { of: 2 },
      { of: 'ping' },
    ]);
  });

  test('say what has no answer: a request that is cut off, and a response that nobody waited for', async () => {
    const [ended] = await sessions({
      talk: ({ client, server, session }) => {
        client.asks(1, 'tools/list');
        server.takesAll();
        server.answers(7);
        session.close();
        client.takesAll();
      },
    });
    expect(ended!.exchanges[1]).toMatchObject({ answer: undefined, outcome: 'refused' });
    expect(ended!.others.map(({ line }) => line.event)).toContain('frame.response');
  });
});
