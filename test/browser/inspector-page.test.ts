/**
 * The inspector's page in a real browser, served by real processes: what a person sees of sessions, and what a person does to frames.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Program } from '../e2e/program.ts';
import { hasNoBrowser } from './chromium.ts';
import { InspectorScene } from './inspector-scene.ts';

const timeout = 60_000;

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'many', version: '1' } },
};

async function openSessions(url: string, count: number): Promise<void> {
  for (let opened = 0; opened < count; opened += 20) {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
          body: JSON.stringify(initialize),
        });
        await response.text();
      }),
    );
  }
}

describe.skipIf(hasNoBrowser)('the inspector', () => {
  let scene: InspectorScene;
  let first: Program;
  let page: Page;
  /** What is said of all sessions, above the table. */
  const amount = async (text: string): Promise<void> =>
    page.getByRole('status').getByText(text, { exact: true }).waitFor();
  const filter = async (text: string): Promise<void> => page.getByRole('searchbox', { name: 'Filter' }).fill(text);

  beforeAll(async () => {
    scene = await InspectorScene.open();
    first = scene.stdio();
    page = await scene.page(await scene.address(first));
  }, timeout);
  afterAll(async () => scene.close());

  test('shows a session as it goes through its states, and what is left of it at the end', { timeout }, async () => {
    const row = page.getByRole('row').filter({ hasText: String(first.pid) });
    await row.getByText('initializing').waitFor();
    await first.initialize();
    await row.getByText('serving').waitFor();
    expect(await row.textContent()).toContain('2025-11-25');

    const passing = scene.stdio();
    await passing.initialize();
    await page
      .getByRole('row')
      .filter({ hasText: String(passing.pid) })
      .getByText('serving')
      .waitFor();
    await filter(String(passing.pid));
    await page.getByRole('grid', { name: 'Sessions' }).press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/p\/\d+\/s\//);
    passing.call(1, 'echo', { text: 'seen' });
    await passing.answer(1);
    await page.getByText('tools/call echo').first().waitFor();
    passing.endInput();
    await page
      .getByText(/has ended|session is over/)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await filter('');
    await amount('1 session');
  });

  test('shows one message of a session with its envelope, its body and its end', { timeout }, async () => {
    first.call(41, 'echo', { text: 'whole', token: 'sk-secret-that-nobody-shows' });
    await first.answer(41);
    await page
      .getByRole('row')
      .filter({ hasText: String(first.pid) })
      .getByRole('link')
      .click();
    await page.getByText('tools/call echo').first().dblclick();
    await page.waitForURL(/\/e\/\d+$/);
    const event = page.getByRole('complementary', { name: /^Event/ });
    await event.getByRole('heading', { name: /tools\/call/ }).waitFor();
    await event.getByText('"whole"').waitFor();
    expect(await event.textContent()).not.toContain('nobody-shows');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await amount('1 session');
  });

  test('shows the processes of a machine, and drops and finds them as they end and start', { timeout }, async () => {
    const [second, third] = [scene.stdio(), scene.stdio()];
    await Promise.all([second, third].map(async (program) => program.initialize()));
    await amount('3 sessions');
    const processes = page.getByRole('list', { name: 'Processes' });
    const chip = (program: Program) => processes.getByRole('button').filter({ hasText: String(program.pid) });
    await Promise.all([first, second, third].map(async (program) => chip(program).waitFor()));
    await chip(third).click();
    await amount('1 of 3');
    await chip(third).click();
    second.signal('SIGKILL');
    await second.exit;
    await chip(second).waitFor({ state: 'detached' });
    const again = scene.stdio();
    await chip(again).waitFor();
    for (const program of [third, again]) program.endInput();
    await Promise.all([third.exit, again.exit]);
    await amount('1 session');
    expect(await processes.getByRole('button').count()).toBe(1);
  });

  test('filters by words and by conditions, and says what is wrong with one', { timeout }, async () => {
    await filter('nothing like this');
    await page.getByText('No session fits the filter').waitFor();
    await filter('client == "test" && state.startsWith("active")');
    await amount('1 session');
    await filter('pending > 5');
    await amount('0 of 1');
    await filter('clint == "x"');
    await page.getByText("There is no 'clint'. Did you mean 'client'?").waitFor();
    // What was asked before is shown until what stands there can be read.
    expect(await page.getByText('No session fits the filter').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await amount('1 session');
  });

  test('U5 holds a call at a breakpoint, edits it and lets it go, and blocks the next', { timeout }, async () => {
    await page.keyboard.press('Escape');
    await page.evaluate(`location.hash = '#/holds'`);
    await page.getByLabel('method').fill('tools/call');
    await page.getByLabel('condition (CEL)').fill('frame.nme == "echo"');
    await page.getByRole('button', { name: 'Add breakpoint' }).click();
    await page.getByRole('alert').getByText("'frame' has no 'nme'").waitFor();
    await page.getByLabel('condition (CEL)').fill('frame.name == "echo"');
    await page.getByRole('button', { name: 'Add breakpoint' }).click();
    await page.getByText('every tools/call where frame.name == "echo"').waitFor();

    first.call(51, 'echo', { text: 'before' });
    const message = page.getByRole('textbox', { name: 'Message', disabled: false });
    await message.waitFor();
    const text = await message.inputValue();
    await message.fill(text.replace('51', '52'));
    await page.getByText('id has to stay 51').waitFor();
    await message.fill(text.replace('before', 'after'));
    await page.getByRole('button', { name: 'Resume as edited' }).click();
    expect(JSON.stringify(await first.answer(51))).toContain('after');
    await page.getByText('Nothing waits for a decision').waitFor();

    first.call(53, 'echo', { text: 'never' });
    await message.waitFor();
    expect(await message.inputValue()).toContain('never');
    await page.getByLabel('Error code').fill('-32099');
    await page.getByLabel('Reason').fill('not today');
    await page.getByRole('button', { name: 'Block' }).click();
    expect((await first.answer(53)).error).toMatchObject({ code: -32099, message: 'not today' });
    await page.getByRole('button', { name: /^Remove b1/ }).click();
    await page.getByText('None. A breakpoint holds').waitFor();
    await page.keyboard.press('Escape');
    await amount('1 session');
  });

  test('is moved through by keys alone', { timeout }, async () => {
    const focused = async (): Promise<string> => page.evaluate('document.activeElement.getAttribute("aria-label")');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    expect(await focused()).toBe('Filter');
    await page.keyboard.press('Escape');
    await page.keyboard.press('h');
    await page.getByRole('heading', { name: /^Held frames/ }).waitFor();
    await page.keyboard.press('Escape');
    await amount('1 session');
    await page.keyboard.press('g');
    await page.getByRole('complementary', { name: 'All sessions together' }).waitFor({ state: 'detached' });
    await page.keyboard.press('g');
    await page.getByRole('complementary', { name: 'All sessions together' }).waitFor();
  });

  test('keeps the theme that was chosen', { timeout }, async () => {
    const background = async (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    const theme = page.getByRole('button', { name: /^Theme/ });
    await theme.click();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.reload();
    await amount('1 session');
    expect(await background()).toBe(dark);
    await theme.click();
    expect(await background()).toBe(light);
  });

  test('has room for a thousand sessions, and draws those in sight', { timeout: 2 * timeout }, async () => {
    const { program, url } = await scene.http();
    await openSessions(url, 1000);
    await amount('1001 sessions');
    await page.getByRole('grid', { name: 'Sessions' }).press('End');
    await page.locator('[aria-rowindex="1002"]').waitFor();
    expect(await page.getByRole('row').count()).toBeLessThan(100);
    await filter('client == "test"');
    await amount('1 of 1001');
    await filter('');
    program.signal('SIGKILL');
    await program.exit;
    await amount('1 session');
  });

  test('asks for its token where it has none or a wrong one', { timeout }, async () => {
    const address = await scene.address(first);
    const stranger = await scene.page(address.replace(/#.*/, '#token=wrong-wrong-wrong-wrong'));
    await stranger.getByText('This page needs its token').waitFor();
    expect(stranger.url()).not.toContain('wrong-wrong');
    await stranger.getByLabel('Address or token').fill(address);
    await stranger.getByRole('button', { name: 'Use it' }).click();
    await stranger.getByRole('grid', { name: 'Sessions' }).waitFor();
    await stranger.context().close();
  });

  test('says when nobody answers, and goes on by itself when the process is started again', { timeout }, async () => {
    const old = scene.stdio();
    const address = await scene.address(old);
    const other = await scene.page(address);
    await other
      .getByRole('row')
      .filter({ hasText: String(old.pid) })
      .waitFor();
    old.signal('SIGKILL');
    await old.exit;
    await other.getByText('Nobody answers at').waitFor();
    const again = scene.stdio(new URL(address).host);
    await other
      .getByRole('row')
      .filter({ hasText: String(again.pid) })
      .waitFor();
    await other.getByText('Nobody answers at').waitFor({ state: 'detached' });
    expect(
      await other
        .getByRole('row')
        .filter({ hasText: String(old.pid) })
        .count(),
    ).toBe(0);
    await other.context().close();
  });

  test('and nothing else was complained about', () => {
    const others = scene.complaints.filter((text) => !/Failed to load resource|WebSocket connection to/.test(text));
    expect(others).toEqual([]);
  });
});
