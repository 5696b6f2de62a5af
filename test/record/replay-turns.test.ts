import { describe, expect, test } from 'vitest';
import { type Turn, turnsOf } from '../../src/record/replay-turns.ts';
import { Conversing } from './conversing.ts';

/** `cause: step, step`, with the line of each message. */
function told({ cause, steps }: Turn): string {
  const said = steps.map(({ do: what, message }) => `${what} ${message.method} ${message.line}`);
  return `${cause === undefined ? 'begin' : `${cause.method} ${cause.line}`}: ${said.join(', ')}`;
}

const turnsIn = (talk: Conversing): readonly string[] => turnsOf(talk.conversation).map(told);

describe('the turn that a message of the server belongs to', () => {
  test('is that of the request that it answers, in the order of the tape', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'a');
    talk.client.asks(2, 'b');
    talk.server.answers(2, {});
    talk.server.answers(1, {});
    expect(turnsIn(talk)).toEqual(['begin: ', 'a 2: answer a 5', 'b 3: answer b 4']);
  });

  test('is that of the request that is answered next, for what is said while several wait', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'slow');
    talk.client.asks(2, 'quick');
    talk.server.tells('notifications/message');
    talk.server.answers(2, {});
    talk.server.tells('notifications/message');
    talk.server.answers(1, {});
    expect(turnsIn(talk)).toEqual([
      'begin: ',
      'slow 2: say notifications/message 6, answer slow 7',
      'quick 3: say notifications/message 4, answer quick 5',
    ]);
  });

  test('is that of its token, for progress', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'slow', { _meta: { progressToken: 's' } });
    talk.client.asks(2, 'quick');
    talk.server.tells('notifications/progress', { progressToken: 's', progress: 1 });
    talk.server.answers(2, {});
    talk.server.answers(1, {});
    expect(turnsIn(talk)[1]).toBe('slow 2: say notifications/progress 4, answer slow 6');
  });

  test('is that of what is answered after the client has said what it was asked', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'samples');
    talk.client.asks(2, 'quick');
    talk.server.asks(1, 'sampling/createMessage');
    talk.server.answers(2, {});
    talk.client.answers(1, {});
    talk.server.answers(1, {});
    expect(turnsIn(talk)[1]).toBe(
      'samples 2: ask sampling/createMessage 4, hear sampling/createMessage 4, answer samples 7',
    );
  });

  test('is that of what the client said last, where nothing waits', () => {
    const talk = new Conversing();
    talk.server.tells('notifications/early');
    talk.handshake();
    talk.server.asks(1, 'roots/list');
    talk.client.answers(1, {});
    talk.server.tells('notifications/message');
    talk.client.asks(1, 'ping');
    talk.server.answers(1, {});
    talk.server.tells('notifications/late');
    expect(turnsIn(talk)).toEqual([
      'begin: say notifications/early 2',
      'initialize 3: answer initialize 4',
      'notifications/initialized 5: ask roots/list 6, hear roots/list 6, say notifications/message 8',
      'ping 9: answer ping 10, say notifications/late 11',
    ]);
  });

  test('has the time of each step since the one before', () => {
    const talk = new Conversing();
    talk.client.asks(1, 'a');
    talk.client.tells('notifications/x');
    talk.server.asks(1, 'roots/list');
    talk.client.answers(1, {});
    talk.server.answers(1, {});
    expect(turnsOf(talk.conversation)[1]!.steps.map(({ afterMs }) => afterMs)).toEqual([20, 10, 10]);
  });
});
