/** A frame of another node runs once however often it comes, and not at all where it was refused. */
import { describe, expect, test } from 'vitest';
import { answerTo, framesTo, mailboxOf, pulseTo } from '../../src/cluster/addresses.ts';
import { decodeFailure } from '../../src/cluster/failure-text.ts';
import { Incoming } from '../../src/cluster/incoming.ts';
import { decodeRequests, encodeReceipts, encodeRequests } from '../../src/cluster/message.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { Stage, kindsOf, letter, settings, settled } from './stage.ts';

const { ackMs, gatherMs, selfMs, takeMs } = settings.times;

/** Node `b`, which has a key, and the mailbox of node `a`, which asks. */
async function serving(limits = settings.limits) {
  const stage = new Stage();
  const b = await stage.parts('b');
  const heard = await stage.listen(mailboxOf('a'));
  const incoming = new Incoming({
    ...{ engine: b.engine, clock: stage.clock, node: 'b', settings: { ...settings, limits } },
    ...{ lease: b.lease, peers: b.peers, pairs: b.pairs, directory: b.directory },
  });
  await b.directory.claim('s:1');
  const { epoch } = b.directory.owned('s:1')!;
  const ask = async (request: number, over: { readonly epoch?: number; readonly key?: string } = {}): Promise<void> => {
    const body = encodeText(`hello ${request}`);
    incoming.received(letter('request', request, { epoch, key: 's:1', body, ...over }, answerTo('a', request)));
    await settled();
  };
  /** What may wait for others has been said. */
  const soon = async (): Promise<void> => {
    stage.clock.advance(gatherMs);
    await settled();
  };
  return { stage, b, heard, incoming, ask, soon, session: b.host.last, epoch };
}

const receivedAll = (request: number) =>
  letter('received', 0, { body: encodeReceipts([{ request, sequence: 1, taken: 1 }]), key: 'a' });

const codesOf = (heard: Awaited<ReturnType<typeof serving>>['heard']): readonly string[] =>
  heard.filter(({ message }) => message?.kind === 'refused').map(({ message }) => decodeFailure(message!.body).code);

describe('a frame of another node', () => {
  test('is run and answered', async () => {
    const { heard, ask, soon, session, incoming } = await serving();
    await ask(1);
    await soon();
    expect(kindsOf(heard)).toEqual(['result']);
    expect(decodeText(heard[0]!.message!.body)).toBe('hello 1 of s:1');
    expect(session.frames).toEqual(['hello 1']);
    expect(incoming.isQuiet).toBe(false);
    incoming.received(receivedAll(1));
    incoming.sweep();
    expect(incoming.isQuiet).toBe(true);
  });

  test('that takes longer is accepted meanwhile; others with it', async () => {
    const { heard, ask, soon, session } = await serving();
    session.holds = true;
    await ask(1);
    await ask(2);
    expect(heard).toEqual([]);
    await soon();
    expect(kindsOf(heard)).toEqual(['accepted', 'accepted']);
    for (const goOn of session.held) goOn();
    await settled();
    expect(kindsOf(heard)).toEqual(['accepted', 'accepted', 'result', 'result']);
  });

  test('that comes again is accepted again and not run again', async () => {
    const { heard, ask, soon, session } = await serving();
    session.holds = true;
    await ask(1);
    await soon();
    await ask(1);
    expect(kindsOf(heard)).toEqual(['accepted', 'accepted']);
    session.held.shift()!();
    await settled();
    await ask(1);
    expect(kindsOf(heard)).toEqual(['accepted', 'accepted', 'result', 'accepted']);
    expect(session.frames).toEqual(['hello 1']);
  });

  test('that was refused stays refused, though it could be taken when it comes again', async () => {
    const { heard, ask, b, session } = await serving();
    const owned = b.directory.owned('s:1')!;
    owned.isLeaving = true;
    await ask(1);
    owned.isLeaving = false;
    await ask(1);
    expect(codesOf(heard)).toEqual(['DRAINING', 'DRAINING']);
    expect(session.frames).toEqual([]);
  });

  test('for a key that is another node’s, or was claimed anew, is refused', async () => {
    const { heard, ask, epoch } = await serving();
    await ask(1, { key: 's:other' });
    await ask(2, { epoch: epoch - 1 });
    expect(codesOf(heard)).toEqual(['WRONG_OWNER', 'WRONG_OWNER']);
  });

  test('beyond what this node works on is refused', async () => {
    const { heard, ask, session } = await serving({ ...settings.limits, servedFramesMax: 1 });
    session.holds = true;
    await ask(1);
    await ask(2);
    expect(codesOf(heard)).toEqual(['BUSY']);
  });

  test('is refused by a node that may not act', async () => {
    const { stage, heard, ask, session } = await serving();
    stage.clock.advance(selfMs);
    await ask(1);
    expect(codesOf(heard)).toEqual(['WRONG_OWNER']);
    expect(session.frames).toEqual([]);
  });

  test('whose answer comes when the node may not act any more gets none from it', async () => {
    const { stage, heard, ask, soon, session } = await serving();
    session.holds = true;
    await ask(1);
    await soon();
    stage.clock.advance(selfMs);
    session.held.shift()!();
    await settled();
    expect(kindsOf(heard)).toEqual(['accepted']);
  });

  test('is told that it may have run when the node is fenced', async () => {
    const { heard, ask, soon, session, incoming } = await serving();
    session.holds = true;
    await ask(1);
    await soon();
    incoming.fence();
    await settled();
    expect(kindsOf(heard)).toEqual(['accepted', 'failure']);
    expect(decodeFailure(heard[1]!.message!.body)).toMatchObject({ code: 'NODE_FENCED', executed: 'unknown' });
  });

  test('whose session throws gets a failure', async () => {
    const { heard, ask, session } = await serving();
    session.stop('lost');
    await ask(1);
    expect(decodeFailure(heard[0]!.message!.body)).toMatchObject({ code: 'SESSION_FAILED', executed: 'unknown' });
  });

  test('that nobody waits for any more is told to its session', async () => {
    const { ask, session, incoming } = await serving();
    session.holds = true;
    await ask(1);
    let closed = 0;
    session.answer!.onClosed(() => (closed += 1));
    incoming.received(letter('cancelled', 1, { key: 'a' }));
    expect([closed, session.answer!.isClosed]).toEqual([1, true]);
  });

  test('of a node that died is worked on and not answered', async () => {
    const { stage, heard, ask, soon, session } = await serving();
    const a = await stage.parts('a');
    session.holds = true;
    await ask(1);
    await soon();
    await a.lease.close();
    await settled();
    expect(session.answer!.isClosed).toBe(true);
    session.held.shift()!();
    await settled();
    expect(kindsOf(heard)).toEqual(['accepted']);
  });

  test('is forgotten when nobody can send it again', async () => {
    const { stage, heard, ask, session, incoming, b } = await serving();
    await ask(1);
    incoming.received(receivedAll(1));
    for (let passed = 0; passed <= 2 * takeMs + 3 * ackMs; passed += 1000) {
      stage.clock.advance(1000);
      await b.lease.renew();
      incoming.sweep();
    }
    await ask(1);
    expect(session.frames).toEqual(['hello 1', 'hello 1']);
    expect(kindsOf(heard).filter((kind) => kind === 'result')).toHaveLength(2);
  });
});

test('what comes back because a node that asked is dead breaks nothing', async () => {
  const { incoming, ask, heard } = await serving();
  incoming.received({ address: framesTo('b'), bytes: undefined, replyTo: undefined });
  incoming.received({ address: framesTo('b'), bytes: new Uint8Array([99]), replyTo: answerTo('a', 9) });
  await ask(1);
  expect(kindsOf(heard)).toEqual(['result']);
});

test('a probe is answered with the requests that are not known', async () => {
  const { incoming, ask, heard, session } = await serving();
  session.holds = true;
  await ask(1);
  incoming.received(letter('probe', 0, { body: encodeRequests([1, 2]), key: 'a' }, pulseTo('a', 'b')));
  await settled();
  expect(kindsOf(heard)).toEqual(['pulse']);
  expect(decodeRequests(heard[0]!.message!.body)).toEqual([2]);
});
