import { describe, expect, test } from 'vitest';
import { SdkPeer } from '../../src/adapters/sdk-peer.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { sending } from '../session/fixtures.ts';
import { Ear } from './ear.ts';
import { HandTransport } from './hand-transport.ts';

const notice = { jsonrpc: '2.0', method: 'notifications/message', params: {} };
const about = sending();

async function started(answer: () => Promise<void>) {
  const transport = new HandTransport();
  transport.answer = answer;
  const [peer, ear] = [new SdkPeer(transport), new Ear()];
  peer.start(ear);
  await peer.started;
  return { transport, peer, ear };
}

describe('a transport as a peer', () => {
  test('is busy when it has taken 64 messages that are not sent, and takes more when they all are', async () => {
    const releases: (() => void)[] = [];
    const { peer, ear } = await started(() => new Promise((resolve) => releases.push(resolve)));
    const taken = Array.from({ length: 64 }, () => peer.writeValue(notice, about));
    expect([taken.lastIndexOf(true), taken.indexOf(false)]).toEqual([62, 63]);
    for (const release of releases.splice(1)) release();
    await Promise.resolve();
    expect(ear.told).toEqual([]);
    releases[0]!();
    expect(await ear.hears('drained')).toEqual(['drained']);
    expect(peer.writeValue(notice, about)).toBe(true);
  });

  test('is busy with one large message', async () => {
    const { peer, ear, transport } = await started(() => Promise.resolve());
    const large = encodeText(JSON.stringify({ ...notice, params: 'x'.repeat(70_000) }));
    expect([peer.write([encodeText(JSON.stringify(notice))], about), peer.write([large], about)]).toEqual([
      true,
      false,
    ]);
    await ear.hears('drained');
    expect(transport.sent[0]!.message).toEqual(notice);
  });

  test('sends nothing before it is started, and then in order', async () => {
    const transport = new HandTransport();
    let start = (): void => {};
    transport.startsWith = () =>
      new Promise((resolve) => {
        start = resolve;
      });
    const peer = new SdkPeer(transport);
    peer.start(new Ear());
    for (const id of [1, 2]) peer.writeValue({ ...notice, id }, about);
    const before = transport.sent.length;
    start();
    await peer.started;
    await Promise.resolve();
    expect([before, transport.sent.map(({ message }) => (message as { id: number }).id)]).toEqual([0, [1, 2]]);
  });

  test('says what could not be sent of what nobody waits for', async () => {
    const { peer, ear } = await started(() => Promise.reject(new Error('EPIPE')));
    const errors: string[] = [];
    peer.onerror = ({ message }) => void errors.push(message);
    peer.writeValue(notice, about);
    expect([await ear.hears('failed'), errors]).toEqual([['failed unanswered'], ['EPIPE']]);
  });

  test('that does not start is gone', async () => {
    const transport = new HandTransport();
    transport.startsWith = () => {
      throw new Error('no such program');
    };
    const [peer, ear] = [new SdkPeer(transport), new Ear()];
    peer.start(ear);
    await expect(peer.started).rejects.toThrow('no such program');
    expect(await ear.hears('closed')).toEqual(['closed']);
    await peer.closed;
  });

  test('is closed once, and tells nothing afterwards', async () => {
    const { peer, ear, transport } = await started(() => Promise.resolve());
    peer.close();
    peer.close();
    transport.onmessage?.(notice);
    await peer.closed;
    expect([ear.told, transport.told]).toEqual([[], ['start', 'close']]);
  });

  test('is not started before it is started', async () => {
    await expect(new SdkPeer(new HandTransport()).started).rejects.toMatchObject({ code: 'NOT_STARTED' });
  });
});
