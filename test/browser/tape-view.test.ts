/** A tape on the page, in a real browser and of the built command: recorded from a real server, opened, and gone through both ways. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Program, forwarding, ninelives, start, stopAll, toolCall } from '../e2e/program.ts';
import { tapeTexts } from '../record/taped.ts';
import { type Opened, hasNoBrowser, openBrowser } from './chromium.ts';

const everything = [
  process.execPath,
  fileURLToPath(new URL('../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url)),
];
const folder = mkdtempSync(join(tmpdir(), 'tape-view-'));

/** A call in whose course the server asks its client something, and one that is given up. */
async function record(file: string): Promise<void> {
  const client = start(forwarding(everything, ['--record', file]));
  await client.initialize({ sampling: {}, elicitation: {} });
  client.send(toolCall(7, 'trigger-sampling-request', { prompt: 'Who waits?', maxTokens: 9 }));
  const question = await client.message(({ method }) => method === 'sampling/createMessage', 'a question');
  client.send({
    id: question.id,
    result: { role: 'assistant', model: 'm', content: { type: 'text', text: 'Nobody' } },
  });
  await client.answer(7);
  client.endInput();
  await client.exit;
}

describe.skipIf(hasNoBrowser)('a tape in the browser', { timeout: 60_000 }, () => {
  const file = join(folder, 'run.tape.jsonl');
  let browser: Opened;

  beforeAll(async () => {
    [browser] = await Promise.all([openBrowser({}), record(file)]);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await stopAll();
    rmSync(folder, { recursive: true, force: true });
  });

  async function opened(tape: string): Promise<{ readonly page: Page; readonly program: Program }> {
    const program = start(ninelives('tape', 'open', '--print', tape));
    const address = await program.until(() => program.out.find((line) => line.startsWith('http:')), 'the address');
    const page = await browser.open();
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(address);
    return { page, program };
  }

  test('U4 is gone through forwards and backwards, with its state and what waited', async () => {
    const { page, program } = await opened(file);
    const chart = (state: string) => page.getByLabel(`Statechart of the session: ${state}`);
    const waiting = page.getByRole('region', { name: 'Waiting' });
    const step = page.getByRole('slider', { name: 'Event' });
    const places = async (): Promise<number> => Number(await step.getAttribute('max')) + 1;

    await page.getByText('tape run.tape.jsonl').waitFor();
    await page.getByRole('row').getByRole('link').first().click();
    await chart('closed').waitFor();
    const total = await places();
    expect(total).toBeGreaterThan(8);

    // Backwards to where the server's question waits inside of the call.
    const question = page.getByRole('row').filter({ hasText: 'sampling/createMessage' }).first();
    // Beside its arrow: that leads to the message.
    await question.click({ position: { x: 20, y: 8 } });
    await chart('active.serving').waitFor();
    await waiting.getByRole('row').filter({ hasText: 'sampling/createMessage' }).getByText(/in \d/).waitFor();
    await waiting.getByRole('button', { name: 'Open #7' }).waitFor();
    await page.keyboard.press('[');
    await waiting.getByRole('row').filter({ hasText: 'sampling/createMessage' }).waitFor({ state: 'detached' });
    await waiting.getByRole('button', { name: 'Open #7' }).waitFor();

    // To the beginning, whichever key it takes.
    for (let press = 0; press < total; press += 10) await page.keyboard.press('{');
    await chart('initializing').waitFor();
    await waiting.getByText('nothing').waitFor();

    // And on again.
    for (let press = 0; press < total && !(await chart('active.serving').isVisible()); press++) {
      await page.keyboard.press(']');
    }
    await page.getByText('frame.response: initializing → active.serving').waitFor();
    await page.keyboard.press('End');
    await chart('closed').waitFor();
    expect(await page.getByRole('button', { name: 'Close session' }).count()).toBe(0);

    // What a message said.
    await page.getByRole('link', { name: /#7 tools\/call trigger-sampling-request/ }).click();
    await page
      .getByRole('complementary', { name: /^Event \d/ })
      .getByText('Who waits?')
      .waitFor();

    program.signal('SIGINT');
    expect((await program.exit).code).toBe(0);
    await page.getByText('Nobody answers at').waitFor();
    expect(browser.complaints.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
    await page.close();
  });

  test('that is empty, cut off or broken says so', async () => {
    const texts = await tapeTexts();
    const [empty, cut, broken] = ['empty', 'cut', 'broken'].map((name) => join(folder, `${name}.tape.jsonl`));
    writeFileSync(empty!, `${texts[0]}\n`);
    writeFileSync(cut!, `${texts.slice(0, 6).join('\n')}\n`);
    appendFileSync(cut!, '{"seq":');
    writeFileSync(broken!, `${texts.slice(0, 6).join('\n')}\nnonsense\n`);
    const nobody = await opened(empty!);
    await nobody.page.getByRole('heading', { name: 'No session on this tape' }).waitFor();
    const shorter = await opened(cut!);
    await shorter.page.getByText('Line 7, the last one, is cut off').waitFor();
    await shorter.page.getByRole('row').getByRole('link').first().waitFor();
    const until = await opened(broken!);
    await until.page.getByText('Line 7: this line is no JSON object. What is behind it is not shown.').waitFor();
    for (const { page, program } of [nobody, shorter, until]) {
      await page.close();
      program.signal('SIGTERM');
      expect((await program.exit).code).toBe(0);
    }
  });
});
