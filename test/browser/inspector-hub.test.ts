/** One page for all processes, in a real browser: the process that serves it is killed, and somebody is let in by an address that is good once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../e2e/free-port.ts';
import type { Program } from '../e2e/program.ts';
import { hasNoBrowser } from './chromium.ts';
import { InspectorScene } from './inspector-scene.ts';

const timeout = 60_000;

describe.skipIf(hasNoBrowser)('the page of all processes', () => {
  let scene: InspectorScene;
  beforeAll(async () => {
    scene = await InspectorScene.open();
  }, timeout);
  afterAll(async () => scene.close());

  test('outlives the process that served it, and shows who comes after', { timeout }, async () => {
    const place = `127.0.0.1:${await freePort()}`;
    const holder = scene.stdio(place);
    const address = await scene.address(holder);
    const others = [scene.stdio(place), scene.stdio(place)];
    for (const program of others) expect(await scene.address(program)).toBe(address);
    await Promise.all([holder, ...others].map(async (program) => program.initialize()));
    const page = await scene.page(address);
    const chip = (program: Program) =>
      page
        .getByRole('list', { name: 'Processes' })
        .getByRole('button')
        .filter({ hasText: String(program.pid) });
    const amount = async (text: string): Promise<void> =>
      page.getByRole('status').getByText(text, { exact: true }).waitFor();
    await amount('3 sessions');

    holder.signal('SIGKILL');
    await chip(holder).waitFor({ state: 'detached' });
    await amount('2 sessions');
    const late = scene.stdio(place);
    await late.initialize();
    await chip(late).waitFor();
    await amount('3 sessions');
    // The same page went on: nothing was loaded again, and the token was not asked for.
    expect(new URL(page.url()).host).toBe(place);
    await page.context().close();
  });

  test('is reached once by an address without the token', { timeout }, async () => {
    const program = scene.stdio();
    await program.initialize();
    const { origin, hash } = new URL(await scene.address(program));
    const headers = { Authorization: `Bearer ${hash.replace('#token=', '')}` };
    const invited = await fetch(`${origin}/hub/visits`, { method: 'POST', headers });
    const { path } = (await invited.json()) as { readonly path: string };
    const page = await scene.page(`${origin}${path}`);
    await page.getByRole('list', { name: 'Processes' }).getByText(String(program.pid)).waitFor();
    expect(page.url()).not.toContain(hash.replace('#token=', ''));
    expect((await fetch(`${origin}${path}`)).status).toBe(401);
    await page.context().close();
  });
});
