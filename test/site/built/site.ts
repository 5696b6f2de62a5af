/** What `npm run site` has made, in a real browser: read, searched and driven without any other server. */
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deadLinks } from '../../../scripts/site/dead-links.ts';
import { type Opened, openBrowser } from '../../browser/chromium.ts';

const folder = 'out/site/www';
const origin = 'http://site.test/';

describe('the site', () => {
  let browser: Opened;
  let page: Page;
  const elsewhere: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser({});
    page = await browser.open();
    await page.route('**/*', async (route) => {
      const { href, pathname } = new URL(route.request().url());
      if (!href.startsWith(origin)) elsewhere.push(href);
      const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
      const file = join(folder, extname(path) === '' ? `${path}.html` : path);
      await (existsSync(file) ? route.fulfill({ path: file }) : route.fulfill({ status: 404 }));
    });
    await page.goto(origin);
  });
  afterAll(async () => browser.close());

  test('has no link that leads nowhere', () => {
    expect(deadLinks(folder, '/')).toEqual([]);
  });

  test('begins with what it is and how it is tried', async () => {
    const { description } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly description: string };
    await page.getByText(description.split(':')[0]!, { exact: true }).first().waitFor();
    await page.getByText('ninelives forward stdio').first().waitFor();
    await page.getByRole('link', { name: 'Quick start' }).click();
    expect(new URL(page.url()).hash).toBe('#try-it');
  });

  test('is searched where it is', async () => {
    await page.keyboard.press('Control+k');
    await page.locator('.VPLocalSearchBox input').fill('restart intensity');
    const found = page.locator('.VPLocalSearchBox .result');
    await found.first().waitFor();
    expect(await found.count()).toBeGreaterThan(1);
    await page.keyboard.press('Escape');
  });

  test('shows the chart, in the colours that were chosen, and a session that is driven in the same ones', async () => {
    await page.getByRole('link', { name: 'Charts' }).first().click();
    await page.getByRole('link', { name: 'The session chart' }).first().click();
    await page
      .getByRole('img', { name: /^Statechart of the session: / })
      .first()
      .waitFor();
    expect(await page.locator('code', { hasText: 'stateDiagram' }).count()).toBe(0);
    await page.getByRole('switch').first().click();
    const background = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await expect.poll(background).toBe('rgb(20, 23, 28)');

    await page.getByRole('link', { name: 'Drive a session' }).first().click();
    await page.getByRole('group', { name: 'Statechart of the session: initializing' }).waitFor();
    expect(await background()).toBe('rgb(20, 23, 28)');
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight');
    await page.getByRole('group', { name: 'Statechart of the session: active.serving' }).waitFor();
    await page.getByRole('link', { name: 'The chart' }).click();
    await page.getByRole('heading', { name: 'The session chart' }).waitFor();
  });

  test('asked nobody else, and did not complain', () => {
    expect([elsewhere, browser.complaints]).toEqual([[], []]);
  });
});
