/** The page that a tape is exported to, in a real browser: whatever peers have written, nothing runs and nothing is fetched. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportTape } from '../../src/cli/run-tape-export.ts';
import { tapeTexts } from '../record/taped.ts';
import { type Opened, hasNoBrowser, openBrowser } from './chromium.ts';

const nasty = `</pre></style></title><script>document.title = 'run'</script><img src="https://example.com/x" onerror="document.title = 'run'">`;
const folder = mkdtempSync(join(tmpdir(), 'tape-export-'));

describe.skipIf(hasNoBrowser)('an exported tape in the browser', { timeout: 60_000 }, () => {
  const [tape, output] = [join(folder, 'run.tape.jsonl'), join(folder, 'run.html')];
  let browser: Opened;

  beforeAll(async () => {
    const texts = await tapeTexts({
      talk: ({ client, server }) => {
        client.asks(nasty, 'tools/call', { name: nasty, [nasty]: nasty });
        server.takesAll();
        server.answersWithError(nasty, -32000, nasty);
        client.takesAll();
      },
    });
    writeFileSync(tape, `${texts.join('\n')}\n`);
    const asked = { do: 'export', file: tape, format: 'html', output, isRedacted: true, hidden: [] } as const;
    await exportTape(asked, expect.unreachable, expect.unreachable);
    browser = await openBrowser({});
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('runs nothing, fetches nothing, and is read from the keyboard', async () => {
    const page = await browser.open();
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(request.url()));
    const { href } = pathToFileURL(output);
    await page.goto(href);
    expect(await page.title()).toBe('run.tape.jsonl');
    expect([fetched, browser.complaints]).toEqual([[href], []]);
    const call = page.locator('summary', { hasText: 'tools/call' }).first();
    await call.focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => page.locator('details[open] pre').innerText()).toContain("document.title = 'run'");
    await page.getByLabel('requests').uncheck();
    expect(await call.isVisible()).toBe(false);
  });

  test.each(['light', 'dark'] as const)('is %s as the system is, and fits into 700 pixels', async (colorScheme) => {
    const page = await browser.open();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 700, height: 900 });
    await page.goto(pathToFileURL(output).href);
    const seen = await page.evaluate(`({
      background: getComputedStyle(document.body).backgroundColor,
      width: document.documentElement.scrollWidth,
    })`);
    const background = colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 28)';
    expect(seen).toEqual({ background, width: 700 });
    expect(browser.complaints).toEqual([]);
  });
});
