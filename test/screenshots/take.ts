/**
 * The pictures of docs/guides/inspector.md: each view of the page in both themes, of real processes with something to see in them.
 * Written, not compared: what pictures show is looked at by people.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasNoBrowser } from '../browser/chromium.ts';
import { InspectorScene } from '../browser/inspector-scene.ts';
import { type Program, forwarding, ninelives, scripted, start } from '../e2e/program.ts';

const folder = 'docs/guides/images';
const size = { width: 1100, height: 600 };
const clients = ['claude-desktop', 'Cursor', 'vscode', 'claude-code'];

const handshake = (name: string): object => ({
  protocolVersion: '2025-11-25',
  capabilities: { sampling: {}, elicitation: {} },
  clientInfo: { name, version: '1.0.0' },
});

async function shakeHands(program: Program, name: string): Promise<void> {
  await program.ask('init', 'initialize', handshake(name));
  program.send({ method: 'notifications/initialized' });
}

/** A session over HTTP that has called a few tools. */
async function httpSession(url: string, name: string, calls: number): Promise<void> {
  const post = async (message: object, session?: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        ...(session === undefined ? {} : { 'Mcp-Session-Id': session, 'MCP-Protocol-Version': '2025-11-25' }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
  const opened = await post({ id: 1, method: 'initialize', params: handshake(name) });
  await opened.text();
  const session = opened.headers.get('mcp-session-id') ?? undefined;
  await (await post({ method: 'notifications/initialized' }, session)).text();
  for (let id = 2; id < calls + 2; id++) {
    const call = { name: id % 5 === 0 ? 'no-such-tool' : 'echo', arguments: { text: `call ${id}` } };
    await (await post({ id, method: 'tools/call', params: call }, session)).text();
  }
  // Left waiting, so that there is something that waits.
  if (calls % 3 === 0) {
    void post({ id: 99, method: 'tools/call', params: { name: 'never', arguments: {} } }, session).catch(() => {});
  }
}

describe.skipIf(hasNoBrowser)('the pictures', () => {
  let scene: InspectorScene;
  let desktop: Program;
  let page: Page;

  async function take(name: string): Promise<void> {
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.screenshot({ path: `${folder}/inspector-${name}-${theme}.png` });
    }
  }

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    scene = await InspectorScene.open();
    desktop = scene.stdio();
    await shakeHands(desktop, 'claude-desktop');
    await shakeHands(scene.stdio(), 'Cursor');
    const { url } = await scene.http();
    await Promise.all(clients.flatMap((name, at) => [1, 2, 3, 4, 5].map(async (n) => httpSession(url, name, at + n))));
    page = await scene.page(await scene.address(desktop), size);
  });
  afterAll(async () => scene.close());

  test('of all sessions', async () => {
    await page.getByRole('status').getByText('22 sessions').waitFor();
    await page.getByRole('columnheader', { name: 'Pending' }).getByRole('button').click();
    await page.keyboard.press('Home');
    await take('sessions');
    expect(await page.getByRole('row').count()).toBeGreaterThan(10);
  });

  test('of one session, and of one message', async () => {
    await desktop.ask(1, 'tools/list');
    desktop.call(2, 'ask', { method: 'elicitation/create', params: { message: 'Which branch?' }, id: 'which' });
    await desktop.message(({ method }) => method === 'elicitation/create');
    desktop.send({ id: 'which', result: { action: 'accept', content: { branch: 'main' } } });
    await desktop.answer(2);
    desktop.call(3, 'progress', { count: 3, gapMs: 1 }, { progressToken: 'p1' });
    await desktop.answer(3);
    desktop.call(4, 'never', {});
    desktop.send({ method: 'notifications/cancelled', params: { requestId: 4, reason: 'the user has stopped it' } });
    await desktop.ask(5, 'tools/call', { name: 'echo', arguments: { text: 'Grüße', api_key: 'sk-aaaabbbbccccdddd' } });
    desktop.call(6, 'never', {});
    await page.getByRole('searchbox', { name: 'Filter' }).fill(`pid == ${desktop.pid}`);
    await page.getByRole('status').getByText('1 of 22').waitFor();
    await page.getByRole('grid', { name: 'Sessions' }).getByRole('link').click();
    await page.getByText('tools/call never').first().waitFor();
    await take('session');
    await page.getByText('tools/call echo').first().dblclick();
    const event = page.getByRole('complementary', { name: /^Event/ });
    await event.getByText('"Grüße"').waitFor();
    await take('message');
    expect(await event.textContent()).not.toContain('sk-aaaa');
  });

  test('of held messages', async () => {
    await page.evaluate(`location.hash = '#/holds'`);
    await page.getByLabel('condition (CEL)').fill('frame.name.startsWith("delete")');
    await page.getByRole('button', { name: 'Add breakpoint' }).click();
    await page.getByText('where frame.name.startsWith').first().waitFor();
    desktop.call(7, 'delete_file', { path: '/home/me/notes.txt', recursive: false });
    const message = page.getByRole('textbox', { name: 'Message', disabled: false });
    await message.waitFor();
    await message.fill((await message.inputValue()).replace('notes.txt', 'draft.txt'));
    await take('holds');
    expect(await page.getByRole('button', { name: 'Resume as edited' }).isVisible()).toBe(true);
  });

  test('of a tape', async () => {
    const tapes = mkdtempSync(join(tmpdir(), 'pictures-'));
    const file = join(tapes, 'run.tape.jsonl');
    const recorded = start(forwarding(scripted(), ['--record', file]));
    await shakeHands(recorded, 'claude-desktop');
    await recorded.ask(1, 'tools/list');
    recorded.call(2, 'ask', { method: 'elicitation/create', params: { message: 'Which branch?' }, id: 'which' });
    await recorded.message(({ method }) => method === 'elicitation/create');
    recorded.send({ id: 'which', result: { action: 'accept', content: { branch: 'main' } } });
    await recorded.answer(2);
    recorded.call(3, 'never', {});
    recorded.send({ method: 'notifications/cancelled', params: { requestId: 3, reason: 'the user has stopped it' } });
    await recorded.ask(4, 'tools/call', { name: 'echo', arguments: { text: 'Grüße' } });
    recorded.endInput();
    await recorded.exit;
    const shown = start(ninelives('tape', 'open', '--print', file));
    page = await scene.page(await shown.until(() => shown.out[0]), size);
    await page.getByRole('row').getByRole('link').first().click();
    await page
      .getByRole('row')
      .filter({ hasText: 'elicitation/create' })
      .first()
      .click({ position: { x: 20, y: 8 } });
    await page.getByRole('region', { name: 'Waiting' }).getByText('elicitation/create').waitFor();
    await take('tape');
    expect(await page.getByText('tape run.tape.jsonl').isVisible()).toBe(true);
    rmSync(tapes, { recursive: true, force: true });
  });
});
