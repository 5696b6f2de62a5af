/** What is said of a frame that another node was to run: the truth, once, and in time. */
import { describe, expect, test } from 'vitest';
import { answerTo, mailboxOf, pulseTo } from '../../src/cluster/addresses.ts';
import { encodeFailure } from '../../src/cluster/failure-text.ts';
import { decodeReceipts, decodeRequests, encodeMessage, encodeRequests } from '../../src/cluster/message.ts';
import { Outgoing, type OutgoingFrame } from '../../src/cluster/outgoing.ts';
import { type SendResult, notExecuted } from '../../src/cluster/send-result.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { Stage, kindsOf, settings, settled } from './stage.ts';

const { gatherMs, ackMs, probeMs, auditMs, takeMs, selfMs } = settings.times;

/** Node `a`, which sends, and the mailbox of node `b`, which says what the test says. */
async function sending({ hasOwner = true, isConnected = true } = {}) {
  const stage = new Stage();
  const engine = stage.engine();
  let isUp = isConnected;
  const a = await stage.parts('a', { publish: (...letter) => isUp && engine.publish(...letter) });
  const heard = hasOwner ? await stage.listen(mailboxOf('b')) : [];
  const outgoing = new Outgoing({
    ...{ engine: a.engine, clock: stage.clock, node: 'a', times: settings.times },
    ...{ lease: a.lease, peers: a.peers, pairs: a.pairs, latestEpoch: () => 7 },
  });
  await engine.subscribe(mailboxOf('a'), (mail) => {
    const [, , kind, rest = ''] = mail.address.split('.');
    if (kind === 'answer') outgoing.answered(Number(rest), mail);
    else outgoing.pulse(rest, mail);
  });
  const results: SendResult[] = [];
  const send = (over: Partial<OutgoingFrame> = {}): void => {
    const frame = { key: 's:1', epoch: 7, owner: 'b', bytes: encodeText('hello'), deadlineAt: Infinity, ...over };
    void outgoing.send(frame).then((result) => results.push(result));
  };
  const say = async (
    kind: 'accepted' | 'refused' | 'part' | 'result' | 'failure',
    text = '',
    epoch = 7,
    sequence = 0,
  ) => {
    engine.publish(answerTo('a', 1), encodeMessage(kind, 1, { epoch, sequence, key: 'b', body: encodeText(text) }));
    await settled();
  };
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= probeMs) {
      stage.clock.advance(probeMs);
      if (a.lease.ageMs > 1000) await a.lease.renew();
      outgoing.sweep();
      await settled();
    }
  };
  const cut = (): void => {
    isUp = false;
  };
  return { stage, engine, a, heard, outgoing, results, send, say, pass, cut };
}

describe('a frame that another node has', () => {
  test('is answered, and the owner is told that the answer came', async () => {
    const { stage, heard, results, send, say } = await sending();
    send();
    await settled();
    expect(decodeText(heard[0]!.message!.body)).toBe('hello');
    await say('accepted');
    await say('result', 'world');
    expect(results).toEqual([{ ok: true, bytes: encodeText('world') }]);
    expect(kindsOf(heard)).toEqual(['request']);
    stage.clock.advance(gatherMs);
    await settled();
    expect(kindsOf(heard)).toEqual(['request', 'received']);
    expect(decodeReceipts(heard[1]!.message!.body)).toEqual([{ request: 1, sequence: 1, taken: 1 }]);
    // Its answer comes again, because that word was lost.
    await say('result', 'world');
    expect(kindsOf(heard)).toEqual(['request', 'received', 'cancelled']);
    expect(results).toHaveLength(1);
  });

  test('that was sent and never accepted may have run: it is not said that it did not', async () => {
    const { heard, results, send, pass } = await sending();
    send();
    await pass(ackMs * 3 + probeMs * 4);
    expect(kindsOf(heard)).toEqual(['request', 'request', 'request', 'cancelled']);
    expect(new Set(heard.map(({ message }) => message!.request))).toEqual(new Set([1]));
    expect(results).toEqual([{ ok: false, code: 'OWNER_SILENT', executed: 'unknown' }]);
  });

  test('that found no mailbox at once did not run', async () => {
    const { results, send } = await sending({ hasOwner: false });
    send();
    await settled();
    expect(results).toEqual([notExecuted('OWNER_LOST')]);
  });

  test('that found no mailbox when it was sent again may have run the first time', async () => {
    const { stage, results, send, pass } = await sending();
    send();
    await settled();
    stage.hub.mailboxes.delete(mailboxOf('b'));
    await pass(ackMs + probeMs);
    expect(results).toEqual([]);
    await pass(2 * probeMs);
    expect(results).toEqual([{ ok: false, code: 'OWNER_LOST', executed: 'unknown' }]);
  });

  test('is sent again to an owner that had lost the engine with this node, and was a moment later back', async () => {
    const { stage, results, send, say, pass } = await sending();
    send();
    await settled();
    const mailbox = stage.hub.mailboxes.get(mailboxOf('b'))!;
    stage.hub.mailboxes.delete(mailboxOf('b'));
    await pass(ackMs + probeMs);
    stage.hub.mailboxes.set(mailboxOf('b'), mailbox);
    await pass(2 * probeMs);
    await say('accepted');
    await say('result', 'world');
    expect(results).toEqual([{ ok: true, bytes: encodeText('world') }]);
  });

  test('that the engine did not take did not run', async () => {
    const { results, send } = await sending({ isConnected: false });
    send();
    await settled();
    expect(results).toMatchObject([{ code: 'ENGINE_UNAVAILABLE', executed: 'no' }]);
  });

  test('that was refused did not run', async () => {
    const { engine, results, send } = await sending();
    send();
    const body = encodeFailure(notExecuted('BUSY'));
    engine.publish(answerTo('a', 1), encodeMessage('refused', 1, { body }));
    await settled();
    expect(results).toEqual([notExecuted('BUSY')]);
  });

  test('ends when its owner is not there any more, though it had been accepted', async () => {
    const { stage, results, send, say, pass } = await sending();
    send();
    await settled();
    await say('accepted');
    stage.hub.mailboxes.delete(mailboxOf('b'));
    await pass(probeMs * 4);
    expect(results).toEqual([{ ok: false, code: 'OWNER_LOST', executed: 'unknown' }]);
  });

  test('ends when the lease of its owner is dead', async () => {
    const { stage, results, send, say, a } = await sending();
    const b = await stage.parts('b');
    send();
    await say('accepted');
    await b.lease.close();
    await settled();
    expect(results).toEqual([{ ok: false, code: 'OWNER_LOST', executed: 'unknown' }]);
    expect(a.pairs.to('b').frames).toBe(0);
  });

  test('ends when its owner does not know of it any more', async () => {
    const { engine, heard, results, send, say, pass } = await sending();
    send();
    await settled();
    await say('accepted');
    await pass(auditMs + 2 * probeMs);
    const probe = heard
      .map(({ message }) => message!)
      .findLast((message) => message.kind === 'probe' && message.body.length > 0);
    expect(decodeRequests(probe!.body)).toEqual([1]);
    engine.publish(pulseTo('a', 'b'), encodeMessage('pulse', 0, { body: encodeRequests([1]) }));
    await settled();
    expect(results).toEqual([{ ok: false, code: 'REQUEST_LOST', executed: 'unknown' }]);
  });

  test('goes on for as long as its owner says that it is there', async () => {
    const { engine, results, send, say, pass } = await sending();
    send();
    await settled();
    await say('accepted');
    for (let minute = 0; minute < 10; minute += 1) {
      await pass(2 * probeMs);
      engine.publish(pulseTo('a', 'b'), encodeMessage('pulse', 0));
      await settled();
    }
    expect(results).toEqual([]);
  });

  test('answered by an owner that has lost the key is not answered', async () => {
    const { results, send, say } = await sending();
    send();
    await settled();
    await say('accepted');
    await say('result', 'stale', 6);
    expect(results).toEqual([{ ok: false, code: 'OWNER_LOST', executed: 'unknown' }]);
  });

  test('ends at its deadline, and when whoever asked goes away, and its owner hears of it', async () => {
    const late = await sending();
    late.send({ deadlineAt: 500 });
    await settled();
    await late.say('accepted');
    await late.pass(600);
    expect(late.results).toEqual([{ ok: false, code: 'DEADLINE', executed: 'unknown' }]);
    expect(kindsOf(late.heard).at(-1)).toBe('cancelled');

    const gone = await sending();
    const controller = new AbortController();
    gone.send({ signal: controller.signal });
    await settled();
    controller.abort();
    await settled();
    expect(gone.results).toEqual([{ ok: false, code: 'CANCELLED', executed: 'unknown' }]);
    expect(kindsOf(gone.heard)).toEqual(['request', 'cancelled']);
    gone.send({ signal: controller.signal });
    await settled();
    expect(gone.results[1]).toEqual(notExecuted('CANCELLED'));
  });

  test('that waits for room has not run, whatever ends it', async () => {
    const { stage, a, heard, outgoing, results, send } = await sending();
    for (let count = 0; count <= settings.limits.pairFramesMax; count += 1) send();
    await settled();
    expect(heard).toHaveLength(settings.limits.pairFramesMax);
    stage.clock.advance(selfMs);
    expect(a.lease.isAlive()).toBe(false);
    outgoing.giveUp('NODE_FENCED');
    await settled();
    expect(results.filter((result) => !result.ok && result.executed === 'no')).toHaveLength(1);
    expect(outgoing.size).toBe(0);
  });

  test('is not sent by a node that may not act', async () => {
    const { stage, heard, results, send } = await sending();
    stage.clock.advance(Math.max(selfMs, takeMs));
    send();
    await settled();
    expect(results).toEqual([notExecuted('NODE_FENCED')]);
    expect(heard).toEqual([]);
  });

  test('larger than the engine carries is refused before it is sent', async () => {
    const { a, heard, results, send } = await sending();
    Object.assign(a.engine, { payloadBytesMax: 100 });
    send({ bytes: new Uint8Array(100) });
    await settled();
    expect(results).toMatchObject([{ code: 'FRAME_TOO_LARGE', executed: 'no' }]);
    expect(heard).toEqual([]);
  });
});
