import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { runTapeOpen } from '../../src/cli/run-tape-open.ts';
import type { TapeOpenRequest } from '../../src/cli/tape-open.ts';
import { openTape } from '../../src/inspector/tape/opened-tape.ts';
import { tracedEvent } from '../../src/observe/traced-event-view.ts';
import { readTape } from '../../src/record/read-tape.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { writeTape } from '../../src/testing/report/counterexample-tape.ts';
import { FeedViewer } from '../inspector/feed-viewer.ts';
import { tapeTexts } from '../record/taped.ts';
import { answeredTwice } from '../testing/report/example.ts';

async function tapeFile(text?: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tape-open-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'run.tape.jsonl');
  writeFileSync(file, text ?? `${(await tapeTexts()).join('\n')}\n`);
  return file;
}

function running(file: string, more: Partial<TapeOpenRequest> = {}) {
  const said: string[] = [];
  const complaints: string[] = [];
  const signals = new EventEmitter();
  const first = once(signals, 'said').then(() => said.join(''));
  const code = runTapeOpen(
    { do: 'open', file, at: { host: '127.0.0.1', port: 0 }, print: true, ...more },
    {
      say: (text) => {
        said.push(text);
        signals.emit('said');
      },
      complain: (text) => void complaints.push(text),
      clock: systemClock(),
      log: silentLog,
      desk: { platform: 'linux', env: {} },
      stop: once(signals, 'stop'),
    },
  );
  return { said, complaints, first, stop: () => signals.emit('stop'), code };
}

test('a tape is on the page of a process that has nothing else, until it is told to stop', async () => {
  const { first, stop, code } = running(await tapeFile());
  const { origin, hash, pathname } = new URL((await first).trim());
  const token = hash.replace('#token=', '');
  expect(pathname).toBe('/inspect/');
  const list = await fetch(`${origin}/processes`, { headers: { Authorization: `Bearer ${token}` } });
  const { processes } = (await list.json()) as { readonly processes: readonly { readonly pid: number }[] };
  expect(processes).toMatchObject([{ pid: process.pid, command: 'tape of a process' }]);
  const feed = `${origin.replace('http', 'ws')}/processes/${process.pid}/feed`;
  const viewer = new FeedViewer(new WebSocket(feed, ['ninelives.feed.v1', `ninelives.token.${token}`]));
  expect(await viewer.hears('hello')).toMatchObject({ tape: { file: 'run.tape.jsonl' } });
  expect((await fetch(`${origin}/processes`)).status).toBe(401);
  stop();
  expect(await code).toBe(0);
  await expect(fetch(`${origin}/processes`)).rejects.toThrow('fetch failed');
});

test('what is no tape is said with its line, and nothing is opened', async () => {
  const file = await tapeFile('hello\n');
  const { said, complaints, code } = running(file);
  expect(await code).toBe(1);
  expect([said, complaints]).toEqual([
    [],
    [`${file}:1: this is no tape: its first line does not say {"tape":2,...}\n`],
  ]);
});

test('a tape that is cut off is shown, and it is said what is missing', async () => {
  const { complaints, first, stop, code } = running(await tapeFile(`${(await tapeTexts()).join('\n')}\n{"seq":`));
  await first;
  expect(complaints.join()).toContain('is cut off');
  stop();
  expect(await code).toBe(0);
});

test('an address that is taken is no place for it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const { complaints, code } = running(await tapeFile(), { at: { host: '127.0.0.1', port } });
  expect(await code).toBe(3);
  expect(complaints.join()).toContain(`cannot listen on 127.0.0.1:${port}`);
});

test('a tape that verify has written of what went wrong is opened, and shows it', async () => {
  const file = await tapeFile('');
  rmSync(file);
  await writeTape(answeredTwice, { file, version: '1', target: 'a-proxy', wallTime: 0 });
  const tape = await openTape(readTape(file));
  if ('problem' in tape) throw new Error(tape.problem);
  expect(tape.tape.notes).toEqual([]);
  const problems = tape
    .sessions()
    .flatMap(({ id }) =>
      tape.eventsOf(id)!.flatMap((seq) => tracedEvent(tape.ring.event(seq)!, tape.ring).problem?.text ?? []),
    );
  expect(tape.sessions()).toHaveLength(2);
  expect(problems).toContain('The request was answered already: the second answer goes no further');
});
