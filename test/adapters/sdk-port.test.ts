import { describe, expect, test } from 'vitest';
import { Incoming } from '../../src/adapters/sdk-aside.ts';
import { SdkPort } from '../../src/adapters/sdk-port.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { frameOf, sending } from '../session/fixtures.ts';
import { Ear } from './ear.ts';

const notice = { jsonrpc: '2.0', method: 'notifications/message' };

async function opened() {
  const ear = new Ear();
  const heard: unknown[] = [];
  const port = new SdkPort((adapter) => ({
    transport: undefined,
    open: async () => adapter.start(ear),
    closed: () => Promise.resolve(),
  }));
  port.onmessage = (message, extra) => void heard.push([message, extra]);
  await port.start();
  return { port, ear, heard };
}

describe('a transport for a protocol object', () => {
  test('says what the object sends, and gives it what comes, with what was said along', async () => {
    const { port, ear, heard } = await opened();
    await port.send(notice);
    const extra = { authInfo: {} };
    const about = { ...sending(), frame: { ...frameOf(notice), aside: new Incoming(extra) } };
    port.adapter.link.writeValue?.(notice, about);
    port.adapter.link.write([encodeText(JSON.stringify(notice))], sending());
    expect(ear.told).toEqual([`value ${JSON.stringify(notice)}`]);
    expect(heard).toEqual([
      [notice, extra],
      [notice, undefined],
    ]);
  });

  test('holds the object back while the session takes no more', async () => {
    const { port, ear } = await opened();
    port.adapter.link.pause(true);
    const order: string[] = [];
    const sent = port.send(notice).then(() => order.push('sent'));
    await Promise.resolve();
    order.push('goes on');
    port.adapter.link.pause(false);
    await sent;
    expect([order, ear.told.length]).toEqual([['goes on', 'sent'], 1]);
  });

  test('lets the object go on when the session ends', async () => {
    const { port } = await opened();
    port.adapter.link.pause(true);
    const sent = port.send(notice);
    port.adapter.link.close('over');
    await sent;
    await expect(port.send(notice)).rejects.toMatchObject({ code: 'ALREADY_CLOSED' });
  });

  test('stands for no other transport where there is none', async () => {
    const { port } = await opened();
    port.setProtocolVersion('2025-11-25');
    port.setSupportedProtocolVersions([]);
    expect([port.sessionId, port.hasPerRequestStream]).toEqual([undefined, false]);
  });
});
