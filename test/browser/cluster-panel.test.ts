/** The nodes of a real cluster on the page, in a real browser: what goes from one to the other, and one that is killed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NatsServer, hasNoNats } from '../cluster/nats-server.ts';
import { freePort } from '../e2e/free-port.ts';
import { connect } from '../e2e/sdk-client.ts';
import { hasNoBrowser } from './chromium.ts';
import { InspectorScene } from './inspector-scene.ts';

const timeout = 60_000;

describe.skipIf(hasNoBrowser || hasNoNats)('the cluster on the page', () => {
  let scene: InspectorScene;
  let nats: NatsServer;
  beforeAll(async () => {
    [scene, nats] = await Promise.all([InspectorScene.open(), NatsServer.start()]);
  }, timeout);
  afterAll(async () => {
    await scene.close();
    await nats.stop();
  });

  test('shows each node with its lease, what it sends on, and when it is gone', { timeout }, async () => {
    const place = `127.0.0.1:${await freePort()}`;
    const flags = ['--cluster', nats.url, '--frame-bytes-max', '1048576'];
    const owner = await scene.http(flags, place);
    const other = await scene.http(flags, place);
    const here = await connect('v1', new URL(owner.url), true);
    const page = await scene.page(await scene.address(owner.program));
    const table = page.getByRole('table', { name: 'Nodes of the cluster' });
    const row = (pid: number) => table.getByRole('row').filter({ hasText: String(pid) });
    await row(owner.program.pid).waitFor();
    await row(other.program.pid).waitFor();
    const cells = async (pid: number): Promise<readonly string[]> => row(pid).getByRole('cell').allTextContents();
    await expect
      .poll(async () => (await cells(owner.program.pid)).slice(0, 3))
      .toEqual(['up', expect.any(String), '1']);

    const headers = { 'Mcp-Session-Id': here.sessionId() ?? '', Accept: 'application/json, text/event-stream' };
    const asked = await fetch(other.url, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 'far', method: 'ping' }),
    });
    expect(asked.status).toBe(200);
    await expect.poll(async () => (await cells(other.program.pid))[3]).toBe('1');
    await expect.poll(async () => (await cells(owner.program.pid))[4]).toBe('1');

    other.program.signal('SIGKILL');
    await page.getByText('1 not', { exact: true }).waitFor();
    await here.close();
    expect(scene.complaints.filter((line) => !line.includes('WebSocket'))).toEqual([]);
    await page.context().close();
  });
});
