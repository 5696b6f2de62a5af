/** The view of one session in a real browser, of the built command in front of a real server: what happens is seen, and seen again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Program, forwarding, start, stopAll, toolCall } from '../e2e/program.ts';
import { type Opened, hasNoBrowser, openBrowser } from './chromium.ts';

const everything = [
  process.execPath,
  fileURLToPath(new URL('../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url)),
];
const folder = mkdtempSync(join(tmpdir(), 'session-view-'));

const chartIs = (page: Page, state: string): Locator => page.getByLabel(`Statechart of the session: ${state}`);
const line = (page: Page, text: string): Locator => page.getByRole('row').filter({ hasText: text });

/** Where the page is, as the command says it. */
async function addressOf(program: Program): Promise<string> {
  const said = await program.until(
    () => program.err.find((text) => text.startsWith('ninelives inspector on ')),
    'the address of the inspector',
  );
  return /http:\S+/.exec(said)![0];
}

describe.skipIf(hasNoBrowser)('a session in the browser', { timeout: 60_000 }, () => {
  let browser: Opened;
  let page: Page;
  let client: Program;

  beforeAll(async () => {
    browser = await openBrowser({});
    client = start(forwarding(everything, ['--inspect', '127.0.0.1:0']), { XDG_RUNTIME_DIR: folder });
    const address = await addressOf(client);
    page = await browser.open();
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(address);
    await page.getByRole('row').getByRole('link').first().click();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await stopAll();
    rmSync(folder, { recursive: true, force: true });
  });

  test('begins before anybody has spoken, and serves once the peers agree', async () => {
    await chartIs(page, 'initializing').waitFor();
    await client.initialize({ sampling: {}, elicitation: {} });
    await chartIs(page, 'active.serving').waitFor();
    await page.getByText('frame.response: initializing → active.serving').waitFor();
    await line(page, 'notifications/initialized').waitFor();
    expect(await line(page, '#"init" initialize').count()).toBe(2);
  });

  test('P19 shows what the server asks inside the call that made it ask, with its deadline', async () => {
    client.send(toolCall(7, 'trigger-sampling-request', { prompt: 'Who waits?', maxTokens: 9 }));
    const question = await client.message(({ method }) => method === 'sampling/createMessage', 'a question');
    await line(page, '#7 tools/call trigger-sampling-request').waitFor();
    await line(page, `↳ #${question.id} sampling/createMessage`).waitFor();
    const waiting = page.getByRole('region', { name: 'Waiting' });
    await waiting.getByRole('row').filter({ hasText: 'sampling/createMessage' }).getByText(/in \d/).waitFor();
    expect(await waiting.getByRole('row').count()).toBe(3);

    const content = { type: 'text', text: 'Nobody' };
    client.send({ id: question.id, result: { role: 'assistant', model: 'm', content } });
    await client.answer(7);
    await line(page, '#7 tools/call').filter({ hasText: 'result' }).nth(1).waitFor();
    await waiting.getByText('nothing').waitFor();
  });

  test('shows that a call was given up', async () => {
    client.send(toolCall(8, 'trigger-long-running-operation', { duration: 60, steps: 60 }));
    await line(page, '#8 tools/call trigger-long-running-operation').getByText('waits').waitFor();
    client.send({ method: 'notifications/cancelled', params: { requestId: 8, reason: 'enough' } });
    await line(page, '#8 notifications/cancelled').getByText('cancelled', { exact: true }).waitFor();
    expect(await line(page, '#8').getByText('waits').count()).toBe(0);
  });

  test('flags what breaks a rule, in a sentence, with the place where the rule stands', async () => {
    client.write('{"jsonrpc":"2.0","id":9,\n');
    const flagged = line(page, 'not a message');
    await flagged.waitFor();
    expect(await flagged.getByRole('link', { name: 'spec' }).getAttribute('href')).toMatch(/^https:/);
    await line(page, 'by ninelives').getByText('refused').waitFor();
  });

  test('can be looked at as it was, and comes back to now', async () => {
    const slider = page.getByRole('slider', { name: 'Event' });
    await slider.fill('0');
    await chartIs(page, 'initializing').waitFor();
    await page.keyboard.press(']');
    expect(await slider.inputValue()).toBe('1');
    await line(page, '#7 tools/call trigger-sampling-request').first().click();
    await page.getByRole('region', { name: 'Waiting' }).getByText('tools/call').waitFor();
    expect(await line(page, '#7 tools/call trigger-sampling-request').getByText('waits').count()).toBe(1);
    await page.keyboard.press('End');
    await page.getByRole('button', { name: 'live', pressed: true }).waitFor();
    await chartIs(page, 'active.serving').waitFor();
  });

  test('takes a tag by hand, and says who has set it', async () => {
    await page.getByRole('button', { name: '+ tag' }).click();
    await page.getByRole('textbox', { name: 'New tag' }).fill('watch');
    await page.keyboard.press('Enter');
    await page.getByText('set by you').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Remove the tag watch' }).click();
    await line(page, 'watch is removed').waitFor();
    await expect.poll(async () => page.getByText('set by you').count()).toBe(0);
  });

  test('is closed by hand, and stays to be looked at', async () => {
    await page.getByRole('button', { name: 'Close session' }).click();
    await page.getByRole('button', { name: 'Close it' }).click();
    await chartIs(page, 'closed').waitFor();
    await page.getByText('what is here stays').waitFor();
    await line(page, '#7 tools/call trigger-sampling-request').first().waitFor();
    expect(browser.complaints.filter((text) => !/WebSocket|ERR_CONNECTION/.test(text))).toEqual([]);
  });
});
