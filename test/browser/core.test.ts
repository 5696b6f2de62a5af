/**
 * `ninelives/core` in a browser, in a page and in a dedicated worker: sessions run as they do in Node, and messages are read
 * to the same envelopes.
 */
import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messageText, valueText } from '../properties/json-spellings.ts';
import { type Opened, hasNoBrowser, openBrowser } from './chromium.ts';
import { byteReport, scanReport } from './page/scan-report.ts';
import { type SessionReport, sessionReport } from './page/session-report.ts';

const timeout = 60_000;

const expected: SessionReport = {
  answers: {
    1: 'result',
    2: 'hallo Ψ',
    3: 'REQUEST_TIMEOUT',
    5: 'TOO_MANY_REQUESTS',
    6: 'UPSTREAM_LOST',
    7: 'hallo Ψ',
  },
  served: [
    'initialize',
    'notifications/initialized',
    'tools/call echo',
    'tools/call sleep',
    'tools/call given up',
    'notifications/cancelled 4',
    'notifications/cancelled 3',
    'tools/call left behind',
    'tools/call echo',
  ],
  outcomes: [
    'initialize result',
    'tools/call result',
    'tools/call refused',
    'tools/call cancelled',
    'tools/call timeout',
    'tools/call result',
    'tools/call upstream-lost',
  ],
  pending: 0,
  isUuid: true,
  endReason: 'upstream-exhausted',
};

/** The same in every run: what differs then is the platform. */
const texts = fc.sample(fc.oneof(messageText, valueText), { seed: 9, numRuns: 1500 });
const spoilt = fc
  .sample(fc.tuple(messageText, fc.nat(), fc.nat({ max: 255 })), { seed: 9, numRuns: 500 })
  .map(([text, place, byte]) => [...new TextEncoder().encode(text)].with(place % text.length, byte));

test('in Node a session between two ports says what became of each call', async () => {
  expect(await sessionReport()).toEqual(expected);
});

describe.skipIf(hasNoBrowser)('in Chromium', () => {
  let browser: Opened;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser({
      '/page.js': 'dist/test/browser/page/page.js',
      '/worker.js': 'dist/test/browser/page/worker.js',
    });
    page = await browser.open();
  }, timeout);
  afterAll(async () => browser.close());

  test('a session in a page is as in Node', async () => {
    expect(await page.evaluate(`import('/page.js').then((page) => page.sessionReport())`)).toEqual(expected);
  });

  test('a session in a dedicated worker is as in Node, and what it reads as well', async () => {
    const said = await page.evaluate(
      `new Promise((resolve, reject) => {
        const worker = new Worker('/worker.js', { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(${JSON.stringify(texts.slice(0, 100))});
      })`,
    );
    expect(said).toEqual({ session: expected, scan: scanReport(texts.slice(0, 100)) });
  });

  test('messages are read as in Node, whatever they are', async () => {
    const verdicts = scanReport(texts);
    expect(new Set(verdicts.map((verdict) => verdict.slice(0, 12))).size).toBeGreaterThan(3);
    expect(await page.evaluate(`import('/page.js').then((page) => page.scanReport(${JSON.stringify(texts)}))`)).toEqual(
      verdicts,
    );
  });

  test('bytes that are no UTF-8 are told as in Node', async () => {
    const verdicts = byteReport(spoilt);
    expect(verdicts.join()).toContain('invalid-utf8');
    expect(
      await page.evaluate(`import('/page.js').then((page) => page.byteReport(${JSON.stringify(spoilt)}))`),
    ).toEqual(verdicts);
  });

  test('and nothing was written on the console', () => {
    expect(browser.complaints).toEqual([]);
  });
});
