/**
 * The inspector as a person has it: processes of the built command with --inspect, a browser on the page that one of them serves, and
 * what the page complained about. The tests of the page begin here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Page, chromium } from 'playwright-core';
import { type Program, forwarding, ninelives, scripted, start, stopAll } from '../e2e/program.ts';
import { chromiumArgs, chromiumPath } from './chromium.ts';

export class InspectorScene {
  readonly #folder = mkdtempSync(join(tmpdir(), 'inspector-page-'));
  readonly #browser: Browser;
  /** What pages wrote on their consoles as errors and warnings, and what they threw. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<InspectorScene> {
    return new InspectorScene(await chromium.launch({ executablePath: chromiumPath, args: [...chromiumArgs] }));
  }

  /** `forward stdio` in front of the scripted server. @param inspect where the page is to be; a free port otherwise. */
  stdio(inspect = '127.0.0.1:0'): Program {
    return start(forwarding(scripted(), ['--inspect', inspect]), this.#environment());
  }

  /** `forward http` with one scripted server for all sessions. Resolves with where clients find it. @param inspect as above. */
  async http(
    more: readonly string[] = [],
    inspect = '127.0.0.1:0',
  ): Promise<{ readonly program: Program; readonly url: string }> {
    const flags = ['--listen', '127.0.0.1:0', '--share', 'shared', '--sessions-max', '2000', ...more];
    const program = start(
      ninelives('forward', 'http', ...flags, '--inspect', inspect, '--', ...scripted()),
      this.#environment(),
    );
    const url = await program.until(
      () => program.err.flatMap((line) => /\blistening on ([^\s,]+)/.exec(line)?.[1] ?? [])[0],
      'saying where it listens',
    );
    return { program, url };
  }

  /** The address of the page that a process serves, with its token. */
  async address(program: Program): Promise<string> {
    return program.until(
      () => program.err.flatMap((line) => /^ninelives inspector on (\S+)/.exec(line)?.[1] ?? [])[0],
      'saying where the inspector is',
    );
  }

  async page(address: string, size = { width: 1280, height: 760 }): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: size, colorScheme: 'light' });
    context.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    context.on('weberror', (error) => this.complaints.push(String(error.error())));
    const page = await context.newPage();
    await page.goto(address);
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await stopAll();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #environment(): Readonly<Record<string, string>> {
    return { XDG_RUNTIME_DIR: this.#folder };
  }
}
