/** What the listener then serves is seen in inspect.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { inspectWhereAsked } from '../../src/cli/inspect-asked.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';

test('nobody is asked what there is to see where nobody looks', async () => {
  let asked = 0;
  await inspectWhereAsked(undefined, () => {
    asked++;
    throw new Error('asked');
  });
  expect(asked).toBe(0);
});

test('a front that is to be looked at says where', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'inspect-asked-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const said: string[] = [];
  const clock = systemClock();
  await inspectWhereAsked({ host: '127.0.0.1', port: 0 }, () => ({
    command: 'forward http',
    server: 'node',
    managed: { runtime: createRuntime({ clock }) },
    rules: undefined,
    ruleFile: undefined,
    drain: () => {},
    clock,
    log: silentLog,
    folder: join(folder, 'ninelives'),
    say: (line) => said.push(line),
  }));
  expect(said).toEqual([expect.stringMatching(/^ninelives inspector on http:/)]);
});
