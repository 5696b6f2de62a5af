import { describe, expect, test } from 'vitest';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import { problemOf } from '../../src/observe/traced-event-problem.ts';
import { Playbook } from '../../src/testing/playbook.ts';

/** What the server of the examples can do. */
const usual = { capabilities: { tools: {} } };
const site = 'https://modelcontextprotocol.io/specification/2025-11-25';

function watched(options: ConstructorParameters<typeof Playbook>[0] = {}) {
  const ring = new TraceRing();
  const play = new Playbook({ ...options, tracer: ring });
  const talk = play.open();
  const problems = () => ring.eventsOf(ring.session('s1')!).flatMap((place) => problemOf(place) ?? []);
  return { play, talk, problems };
}

describe('U1 what is wrong with an event', () => {
  test('is nothing, where peers speak as they should', async () => {
    const { play, talk, problems } = watched();
    talk.handshake(usual);
    talk.client.asks(1, 'tools/list', { _meta: { progressToken: 't' } });
    talk.server.receivesRequest(1, 'tools/list', { _meta: { progressToken: 't' } });
    talk.server.notifies('notifications/progress', { progressToken: 't', progress: 1 });
    talk.client.receivesNotification('notifications/progress', { progressToken: 't', progress: 1 });
    talk.server.answers(1);
    talk.client.receivesResult(1);
    expect(problems()).toEqual([]);
    await play.ends();
  });

  test('is what is no message, with the rule that it breaks', async () => {
    const { play, talk, problems } = watched();
    talk.handshake(usual);
    talk.client.sendsBytes(Buffer.from('{"jsonrpc":'));
    talk.client.takesAll();
    talk.client.sendsBytes(Buffer.from('{"jsonrpc":"1.0","id":4,"method":"ping"}'));
    talk.client.takesAll();
    expect(problems()).toEqual([
      { text: expect.any(String) as string, spec: 'https://www.jsonrpc.org/specification#error_object' },
      { text: 'The member jsonrpc is not "2.0".', spec: `${site}/basic#messages` },
    ]);
    await play.ends();
  });

  test('is an id that is in use, an answer that nobody waits for, progress after the end', async () => {
    const { play, talk, problems } = watched();
    talk.handshake(usual);
    talk.client.asks(1, 'tools/list', { _meta: { progressToken: 't' } });
    talk.server.receivesRequest(1, 'tools/list', { _meta: { progressToken: 't' } });
    talk.client.asks(1, 'tools/list');
    talk.client.takesAll();
    talk.server.answers(1);
    talk.client.receivesResult(1);
    talk.server.answers(1);
    talk.server.notifies('notifications/progress', { progressToken: 't', progress: 1 });
    expect(problems().map(({ spec }) => spec)).toEqual([
      `${site}/basic#requests`,
      `${site}/basic#responses`,
      `${site}/basic/utilities/progress#behavior-requirements`,
    ]);
    play.log.says('warn', 'nobody waits for this response');
    await play.ends();
  });

  test('is a method of the other side, one of another revision, and one that nobody knows', async () => {
    const { play, talk, problems } = watched();
    talk.handshake(usual);
    talk.client.notifies('notifications/tools/list_changed');
    talk.server.receivesNotification('notifications/tools/list_changed');
    talk.client.asks(1, 'server/discover');
    talk.server.receivesRequest(1, 'server/discover');
    talk.client.asks(2, 'x/y');
    talk.server.receivesRequest(2, 'x/y');
    expect(problems()).toEqual([
      { text: 'notifications/tools/list_changed is not for a client to send', spec: `${site}/schema` },
      { text: 'The revision that was agreed on does not have server/discover', spec: `${site}/schema` },
      { text: 'No revision knows the method x/y' },
    ]);
    talk.session.close();
    talk.client.takesAll();
    talk.client.takesAll();
    await play.ends();
  });

  test('is a request for what its answerer has not announced', async () => {
    const { play, talk, problems } = watched();
    talk.handshake(usual);
    talk.client.asks(1, 'prompts/list');
    talk.server.receivesRequest(1, 'prompts/list');
    talk.server.asks(1, 'roots/list');
    talk.client.receivesRequest(1, 'roots/list');
    const spec = `${site}/basic/lifecycle#operation`;
    expect(problems()).toEqual([
      { text: 'prompts/list needs the capability prompts, which the server has not announced', spec },
      { text: 'roots/list needs the capability roots, which the client has not announced', spec },
    ]);
    talk.session.close();
    talk.client.takesAll();
    talk.server.takesAll();
    await play.ends();
  });

  test('is a request before the handshake, and what is refused for want of room or by a state', async () => {
    const { play, talk, problems } = watched({ limits: { pendingPerSession: 1 } });
    talk.client.asks(1, 'tools/list');
    talk.server.receivesRequest(1, 'tools/list');
    talk.client.asks(2, 'tools/list');
    talk.client.takesAll();
    const said = problems();
    expect(said[0]).toEqual({
      text: 'tools/list came from the client before the handshake was over',
      spec: `${site}/basic/lifecycle#initialization`,
    });
    expect(said[1]?.spec).toBeUndefined();
    talk.server.answers(1);
    talk.client.receivesResult(1);
    await play.ends();
  });

  test('is that all of it was undone', async () => {
    let isBroken = false;
    const holds = (): boolean => {
      if (isBroken) throw new Error('no rule');
      return false;
    };
    const { play, talk, problems } = watched({ tagRules: [{ tag: 'broken', holds }] });
    talk.handshake(usual);
    isBroken = true;
    talk.client.asks(3, 'tools/list');
    talk.client.takesAll();
    isBroken = false;
    play.log.says('error', 'an event failed and was rolled back');
    expect(problems()).toEqual([{ text: 'Something threw while this was decided: nothing of it is left' }]);
    await play.ends();
  });
});
