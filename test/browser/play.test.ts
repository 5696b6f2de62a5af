/**
 * The page of the site on which a visitor drives a session, built as the site has it and opened in a real browser: a tape goes forwards
 * and backwards, and a session of one's own does what its buttons say. Nothing is fetched from anywhere else.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPlayPage } from '../../scripts/site/play.ts';
import { type Opened, hasNoBrowser, openBrowser } from './chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'play-page-'));
const origin = 'http://play.test/';

describe.skipIf(hasNoBrowser)('the page that drives sessions', { timeout: 60_000 }, () => {
  let browser: Opened;
  const elsewhere: string[] = [];

  beforeAll(async () => {
    await buildPlayPage(folder);
    browser = await openBrowser({});
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function opened(hash = ''): Promise<Page> {
    const page = await browser.open();
    await page.route('**/*', async (route) => {
      const url = new URL(route.request().url());
      if (!url.href.startsWith(origin)) elsewhere.push(url.href);
      await route.fulfill({ path: join(folder, url.pathname === '/' ? 'index.html' : url.pathname) });
    });
    await page.goto(`${origin}${hash}`);
    return page;
  }

  const lit = (page: Page, state: string) => page.getByRole('group', { name: `Statechart of the session: ${state}` });

  test('goes through a tape forwards, backwards, by its slider and by itself', async () => {
    const page = await opened();
    const slider = page.getByRole('slider', { name: 'Event' });
    const last = page.getByRole('region', { name: 'Last event' });
    const waiting = page.getByRole('region', { name: 'Waiting' });
    await lit(page, 'initializing').waitFor();
    const total = Number(await slider.getAttribute('max'));
    expect(total).toBeGreaterThan(10);

    // Forwards to the loss of the server, and one step back: both calls wait again.
    for (let step = 0; step < total && !(await lit(page, 'active.recovering').isVisible()); step++) {
      await page.keyboard.press('ArrowRight');
    }
    await last.getByText('upstream.lost', { exact: true }).waitFor();
    await last.getByText('tools/call #2 ended: upstream-lost').waitFor();
    await waiting.getByText('nothing').waitFor();
    await page.keyboard.press('ArrowLeft');
    await lit(page, 'active.serving').waitFor();
    await waiting.getByRole('row').filter({ hasText: '#1' }).waitFor();
    await last.getByText('the message').click();
    await last.getByText('"die"').waitFor();

    await page.keyboard.press('End');
    await lit(page, 'closed').waitFor();
    await slider.fill('0');
    await lit(page, 'initializing').waitFor();
    await page.getByRole('button', { name: 'Play' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await expect.poll(async () => Number(await slider.inputValue())).toBeGreaterThan(0);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play' }).waitFor();
    await page.close();
  });

  test('takes a file of the visitor, and says when it is no tape', async () => {
    const page = await opened();
    const input = page.locator('input[type=file]');
    await input.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello\n') });
    await page.getByRole('alert').getByText('notes.txt is no tape that can be played. Line 1').waitFor();
    await input.setInputFiles('test/fixtures/tapes/killed.tape.jsonl');
    await lit(page, 'initializing').waitFor();
    expect(await page.getByRole('combobox').first().inputValue()).toBe('killed.tape.jsonl');
    await page.close();
  });

  test('lets a visitor be the client, the server and the clock, from the keyboard', async () => {
    const page = await opened('#live');
    await lit(page, 'initializing').waitFor();
    for (const key of ['i', 'a', 'r', 'x']) await page.keyboard.press(key);
    await lit(page, 'active.recovering').waitFor();
    await page.getByText('tools/call #2 ended: upstream-lost').waitFor();
    for (const key of ['t', 'a', 'r', 't']) await page.keyboard.press(key);
    await page.getByText('tools/call #3 ended: timeout').waitFor();
    await page.getByRole('group', { name: 'Tags' }).getByText('idle').waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await lit(page, 'closed').waitFor();
    // Its past stays, and another one can begin.
    await page.getByRole('slider', { name: 'Event' }).fill('0');
    await lit(page, 'initializing').waitFor();
    await page.getByRole('button', { name: 'New session' }).click();
    await page.getByRole('button', { name: 'Initialize' }).click();
    const waiting = page.getByRole('region', { name: 'Waiting' }).getByRole('row');
    await waiting.filter({ hasText: 'initialize' }).waitFor();
    expect(await waiting.count()).toBe(2);
    await page.close();
  });

  test.each(['light', 'dark'] as const)('is %s as the system is, and fits into 700 pixels', async (colorScheme) => {
    const page = await opened('#live');
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 700, height: 900 });
    await lit(page, 'initializing').waitFor();
    const seen = await page.evaluate(`({
      background: getComputedStyle(document.body).backgroundColor,
      width: document.documentElement.scrollWidth,
    })`);
    const background = colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 28)';
    expect(seen).toEqual({ background, width: 700 });
    await page.close();
  });

  test('and fetched nothing from elsewhere, nor complained', () => {
    expect([elsewhere, browser.complaints]).toEqual([[], []]);
  });
});
