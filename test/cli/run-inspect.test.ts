/** `ninelives inspect` on a terminal. What it serves, and that it waits for its address, is seen in test/e2e/hub.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { forwarding, ninelives, scripted, start, stopAll } from '../e2e/program.ts';

afterEach(stopAll);

function runtimeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'run-inspect-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test.skipIf(process.platform !== 'linux')('on a terminal it shows which processes come and go', async () => {
  const env = { XDG_RUNTIME_DIR: runtimeFolder() };
  const command = ninelives('inspect', '--listen', '127.0.0.1:0').join(' ');
  const hub = start(['script', '-qefc', command, '/dev/null'], env);
  const shown = async (line: RegExp): Promise<string> =>
    hub.until(() => hub.out.find((each) => line.test(each)), String(line));
  await shown(/^ninelives inspector on /);
  const program = start(forwarding(scripted(), ['--inspect', '127.0.0.1:0']), env);
  expect(await shown(/^ {2}\+ /)).toContain(`process ${program.pid}: forward stdio, in front of `);
  program.endInput();
  expect(await shown(/^ {2}- /)).toContain(`process ${program.pid}: `);
});
