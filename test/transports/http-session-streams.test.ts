import { afterEach, describe, expect, test } from 'vitest';
import { cancelled, notification, request, result } from '../../src/testing/messages.ts';
import { type Client, closeStages, listensAgain, openStage } from './http-stage.ts';

afterEach(closeStages);

const eventsFirst = { Accept: 'text/event-stream, application/json' };
const note = (n: number): ReturnType<typeof notification> =>
  notification('notifications/resources/list_changed', { n });

/** A server and its client are quiet, and everything that was said before has arrived. */
async function settled(client: Client): Promise<void> {
  await (await client.posts(request('settled', 'ping'))).text();
}

describe('a stream that the client opens by itself', () => {
  test('P18 carries what belongs to no request, in order, each with an id of its own', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.listens();
    expect([stream.status, stream.header('content-type')]).toEqual([200, 'text/event-stream']);
    stage.server.says(note(1));
    stage.server.says(note(2));
    expect([await stream.event(), await stream.event()]).toMatchObject([{ id: '0-1' }, { id: '0-2' }]);
    stage.server.says(note(3));
    expect(await stream.next()).toEqual(note(3));
  });

  test('carries what was said before it was opened, once', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    stage.server.says(note(1));
    await settled(client);
    const first = await client.listens();
    expect(await first.next()).toEqual(note(1));
    stage.server.says(note(2));
    expect(await first.next()).toEqual(note(2));
    first.breaks();
    const second = await listensAgain(client);
    stage.server.says(note(3));
    expect(await second.next()).toEqual(note(3));
  });

  test('R17 is one: a second one is refused with 409', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    await client.listens();
    const second = await client.listens();
    expect([second.status, await second.json()]).toMatchObject([409, { id: null }]);
  });

  test('is activity: the session does not become idle', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    await client.listens();
    stage.clock.advance(3_600_000);
    expect(stage.ended).toEqual([]);
  });

  test('is activity until it is closed', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    (await client.listens()).breaks();
    // Its end is noticed long before these are answered.
    for (let round = 0; round < 5; round++) await settled(client);
    stage.clock.advance(3_600_000);
    expect(stage.ended).toEqual(['idle']);
  });

  test('P2 without one the session is reaped, and nobody finds it any more', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    stage.clock.advance(3_600_000);
    expect(stage.ended).toEqual(['idle']);
    expect((await client.posts(request(1, 'ping'))).status).toBe(404);
  });

  test('ends with its session', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.listens();
    await client.deletes();
    expect(await stream.all()).toEqual([]);
  });

  test('P14 says a comment when nothing else is said for a while', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.listens();
    stage.clock.advance(25_000);
    expect(await stream.comment()).toBe('keepalive');
    stage.clock.advance(10_000);
    stage.server.says(note(1));
    expect(await stream.next()).toEqual(note(1));
    stage.clock.advance(10_000);
    stage.server.says(note(2));
    expect([await stream.next(), stream.comments]).toEqual([note(2), []]);
    stage.clock.advance(25_000);
    expect(await stream.comment()).toBe('keepalive');
  });

  test.each([
    ['application/json', 406],
    [undefined, 406],
  ])('needs a client that takes events: Accept %j is answered with %i', async (accept, status) => {
    const stage = await openStage();
    const client = await stage.opened();
    expect((await client.sends({ method: 'GET', headers: { Accept: accept } })).status).toBe(status);
  });
});

describe('a client that comes back', () => {
  test('R17 R11 to the stream of a POST hears the rest of that stream alone, and its end', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.posts(request(1, 'work'), eventsFirst);
    const primed = await stream.event();
    const { id } = await stage.server.hears('work');
    const log = (n: number): ReturnType<typeof notification> => notification('notifications/message', { n });
    stage.server.says(log(1));
    expect(await stream.next()).toEqual(log(1));
    stream.breaks();
    await settled(client);
    stage.server.says(note(9));
    stage.server.says(log(2));
    const again = await client.listens(primed!.id);
    expect([again.status, await again.next(), await again.next()]).toEqual([200, log(1), log(2)]);
    stage.server.says(result(id));
    expect(await again.all()).toEqual([result(1)]);
  });

  test('hears the answer that came while it was away, and then that this was all', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.posts(request(1, 'work'), eventsFirst);
    const primed = await stream.event();
    const { id } = await stage.server.hears('work');
    stream.breaks();
    stage.server.says(result(id));
    const again = await client.listens(primed!.id);
    const answer = await again.event();
    expect([JSON.parse(answer!.data), await again.all()]).toEqual([result(1), []]);
    expect((await client.listens(answer!.id)).status).toBe(204);
  });

  test('to a stream whose request was cancelled is told that there is nothing more', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.posts(request(1, 'never'), eventsFirst);
    const primed = await stream.event();
    await client.posts(cancelled(1));
    expect(await stream.all()).toEqual([]);
    expect((await client.listens(primed!.id)).status).toBe(204);
  });

  test('takes its stream over from a connection that nobody has noticed to be dead', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const first = await client.listens();
    stage.server.says(note(1));
    const { id } = (await first.event())!;
    const second = await client.listens(id);
    stage.server.says(note(2));
    expect([await second.next(), await first.all()]).toEqual([note(2), []]);
    expect((await client.listens()).status).toBe(409);
  });

  test.each(['nonsense', '0-999', '7-1', '1-1-1', '__proto__'])(
    'with an event id of nobody is refused: %s',
    async (id) => {
      const stage = await openStage();
      const client = await stage.opened();
      expect((await client.listens(id)).status).toBe(400);
    },
  );

  test('after too long hears what is still kept', async () => {
    const stage = await openStage({ limits: { replayEventsMax: 2 } });
    const client = await stage.opened();
    for (const n of [1, 2, 3]) stage.server.says(note(n));
    await settled(client);
    const stream = await client.listens('0-0');
    expect([await stream.next(), await stream.next()]).toEqual([note(2), note(3)]);
  });
});

describe('P9 what the server asks without a request of the client', () => {
  const question = request('q', 'roots/list');

  test('goes on the client’s own stream', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.listens();
    stage.server.says(question);
    expect(await stream.next()).toEqual(question);
    await client.posts(result('q', { roots: [] }));
    expect(await stage.server.takes((message) => message['id'] === 'q')).toEqual(result('q', { roots: [] }));
  });

  test('waits a while for that stream', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    stage.server.says(question);
    stage.clock.advance(4999);
    const stream = await client.listens();
    expect(await stream.next()).toEqual(question);
    stage.clock.advance(60_000);
    expect(stage.session.snapshot().pending).toMatchObject([{ id: 'q' }]);
  });

  test('is answered in the client’s place when no stream is opened, and is not said later', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    stage.server.says(question);
    stage.clock.advance(5000);
    const answer = await stage.server.takes((message) => message['id'] === 'q');
    expect(answer).toMatchObject({ error: { code: 4040, data: { reason: 'no-stream' } } });
    const stream = await client.listens();
    stage.server.says(note(1));
    expect(await stream.next()).toEqual(note(1));
  });

  test('and takes back before the client has seen it, is never said', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    stage.server.says(question);
    stage.server.says(cancelled('q'));
    const stream = await client.listens();
    stage.server.says(note(1));
    expect(await stream.next()).toEqual(note(1));
    stage.clock.advance(60_000);
    expect(stage.session.snapshot().counts['undeliverable'] ?? 0).toBe(0);
  });

  test('and takes back after the client has seen it, is called off there', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.listens();
    stage.server.says(question);
    stage.server.says(cancelled('q'));
    expect([await stream.next(), await stream.next()]).toEqual([question, cancelled('q')]);
  });

  test('goes to nobody when so much else is said that it is forgotten', async () => {
    const stage = await openStage({ limits: { replayEventsMax: 3 } });
    await stage.opened();
    stage.server.says(question);
    for (const n of [1, 2, 3]) stage.server.says(note(n));
    expect(await stage.server.takes((message) => message['id'] === 'q')).toMatchObject({ error: { code: 4040 } });
  });

  test('while several requests wait belongs to none of them', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const posted = [client.posts(request(1, 'work')), client.posts(request(2, 'work'))];
    const [one, two] = [await stage.server.hears('work'), await stage.server.hears('work')];
    const stream = await client.listens();
    stage.server.says(question);
    expect(await stream.next()).toEqual(question);
    for (const { id } of [one, two]) stage.server.says(result(id));
    const answers = await Promise.all(posted.map(async (reply) => (await reply).json()));
    expect(answers).toEqual([result(1), result(2)]);
  });

  test('in the modern era is answered at once: there is no such stream', async () => {
    const stage = await openStage({ sessionless: 'pass' });
    await (await stage.client().posts(request(1, 'echo'))).text();
    stage.server.says(question);
    expect(await stage.server.takes((message) => message['id'] === 'q')).toMatchObject({ error: { code: 4040 } });
  });
});

describe('what was said on a stream', () => {
  test('is kept for a while after its end, and no longer', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.posts(request(1, 'echo', {}), eventsFirst);
    const primed = await stream.event();
    expect(await stream.all()).toEqual([result(1, {})]);
    stage.clock.advance(59_999);
    const again = await client.listens(primed!.id);
    expect(await again.all()).toEqual([result(1, {})]);
    // Whoever came for it may come once more.
    stage.clock.advance(59_999);
    expect((await client.listens(primed!.id)).status).toBe(200);
    stage.clock.advance(60_000);
    expect((await client.listens(primed!.id)).status).toBe(204);
    await client.deletes();
    expect(stage.clock.pending).toBe(0);
  });

  test('leaves with its last event when there is no room', async () => {
    const stage = await openStage({ limits: { replayEventsMax: 1 } });
    const client = await stage.opened();
    const stream = await client.posts(request(1, 'echo', {}), eventsFirst);
    const primed = await stream.event();
    await stream.all();
    stage.server.says(note(1));
    await settled(client);
    expect((await client.listens(primed!.id)).status).toBe(204);
  });
});
