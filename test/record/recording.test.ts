import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readMessage } from '../../src/protocol/read.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { type RecordingOptions, openRecording } from '../../src/record/recording.ts';
import { Redaction } from '../../src/redaction.ts';
import { Exchange } from '../../src/session/pending.ts';
import { Playbook } from '../../src/testing/playbook.ts';
import { KeptLog } from '../runtime/kept-log.ts';
import { plain } from './kept-lines.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninelives-tape-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const log = new KeptLog();
const recordingTo = (place: RecordingOptions['place'], options: Partial<RecordingOptions> = {}) =>
  openRecording({
    place,
    version: '1.2.3',
    chart: 'c',
    process: { command: 'forward http', server: 'node' },
    clock: { now: () => 5, wallTime: () => 86_400_000, setTimeout: () => undefined, clearTimeout: () => {} },
    log,
    hide: plain,
    isRedacted: true,
    bodyBytesMax: 99,
    whenFull: 'drop',
    ...options,
  });

const eventsOf = (name: string): readonly unknown[] =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly event?: string }).event);

describe('a recording', () => {
  test('to a file has every session of the process, under a header that says what it is', async () => {
    const recording = recordingTo({ file: join(folder, 'all.tape.jsonl') });
    const play = new Playbook({ tracer: recording.tracer });
    for (const { session } of [play.open(), play.open()]) session.close();
    recording.close();
    const [first = ''] = readFileSync(recording.path, 'utf8').split('\n');
    expect(JSON.parse(first)).toEqual({
      tape: 2,
      ninelives: '1.2.3',
      chart: 'c',
      process: { command: 'forward http', server: 'node' },
      now: 5,
      wallTime: 86_400_000,
      bodies: { redacted: true, bytesMax: 99 },
    });
    expect(eventsOf('all.tape.jsonl').filter((event) => event === 'session.opened')).toHaveLength(2);
    expect([eventsOf('all.tape.jsonl').at(-1), recording.dropped]).toEqual(['tape.closed', 0]);
    await play.ends();
  });

  test('to a folder has a tape for each session, closed with it', async () => {
    const recording = recordingTo({ folder });
    const play = new Playbook({ tracer: recording.tracer });
    const [one] = [play.open(), play.open()];
    one.session.close();
    const names = readdirSync(folder).toSorted();
    expect(names).toEqual(['19700102T000000-s1.tape.jsonl', '19700102T000000-s2.tape.jsonl']);
    expect(eventsOf(names[0]!)).toEqual([
      undefined,
      'settings',
      'session.opened',
      'upstream.ready',
      'session.close',
      'session.ended',
      'tape.closed',
    ]);
    recording.close();
    expect(eventsOf(names[1]!).at(-1)).toBe('tape.closed');
    await play.ends();
  });

  test('to a folder that is gone leaves the sessions alone, and says so', async () => {
    const recording = recordingTo({ folder: join(folder, 'gone') });
    const play = new Playbook({ tracer: recording.tracer });
    play.open().session.close();
    expect(log.lines.map(({ text }) => text)).toContain('this session is not recorded');
    await play.ends();
  });
});

test('no secret is on a tape, whether it is one by its name, by its looks or because somebody says so', async () => {
  const planted = ['hunter2-by-name', 'sk-proj-0123456789abcdef0123', '4111-by-path', 'eu-by-header', 'acct-by-name'];
  const [byName, byLooks, byPath, byHeader, inHeader] = planted;
  const redaction = new Redaction({ paths: [['params', 'arguments', 'card']], headers: ['mcp-param-region'] });
  const recording = recordingTo(
    { file: join(folder, 'all.tape.jsonl') },
    {
      hide: (message) => redaction.bytes(message),
      hideHeaders: (headers) => redaction.headers(headers),
      bodyBytesMax: 10_000,
    },
  );
  const play = new Playbook({ tracer: recording.tracer });
  const { client, server, session, handshake } = play.openWithRestarts();
  server.comesUp();
  handshake();
  const headers = [
    ['mcp-param-region', byHeader!],
    ['mcp-param-password', inHeader!],
  ] as const;
  const exchange = new Exchange(undefined, () => headers);
  const call = { name: 'x', arguments: { password: byName, note: `use ${byLooks}`, card: byPath } };
  const asked = readMessage(encodeText(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call })));
  session.client.receiveRead(asked, 1, exchange);
  server.takesAll();
  server.answersWithError(1, -32000, `${byLooks} was refused`);
  client.takesAll();
  session.label(`of ${byLooks}`, true);
  server.goesDown({ lastStderr: [`password=${byName}`, byLooks!] });
  session.close();
  recording.close();
  const text = readFileSync(recording.path, 'utf8');
  expect(planted.filter((secret) => text.includes(secret))).toEqual([]);
  expect(text).toContain('["mcp-param-region","[redacted]"],["mcp-param-password","[redacted]"]');
  await play.ends();
});
