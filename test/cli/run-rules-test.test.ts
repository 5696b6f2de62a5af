import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testRules } from '../../src/cli/run-rules-test.ts';
import { type TapedOptions, tapeTexts } from '../record/taped.ts';

let folder: string;
let tape: string;
let said = '';
let complained = '';
const say = (text: string): void => void (said += text);
const complain = (text: string): void => void (complained += text);

/** Six messages: the handshake's three, and two calls of which the second comes to a session with a tag. */
const talk: TapedOptions['talk'] = ({ client, server, session }) => {
  client.asks(1, 'tools/call', { name: 'delete', arguments: { path: '/a' } });
  server.takesAll();
  server.answers(1);
  client.takesAll();
  session.label('careful', true);
  client.asks(2, 'tools/call', { name: 'delete', arguments: { path: '/b' } });
  server.takesAll();
  server.answers(2);
  client.takesAll();
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ninelives-rules-'));
  tape = join(folder, 'a.tape.jsonl');
  writeFileSync(tape, `${(await tapeTexts({ talk })).join('\n')}\n`);
  said = '';
  complained = '';
});

afterEach(() => rmSync(folder, { recursive: true }));

function rules(name: string, ...conditions: readonly string[]): string {
  const file = join(folder, name);
  const listed = conditions.map((when, index) => `  - id: r${index + 1}\n    when: ${when}\n    do: [{ block: {} }]\n`);
  writeFileSync(file, `version: 1\nrules:\n${listed.join('')}`);
  return file;
}

const plain = { do: 'test', json: false, failOn: [] } as const;

describe('rules on a tape', () => {
  test('U11 are asked about each message with its session as it was then', async () => {
    const file = rules(
      'r.yaml',
      '\'frame.method == "tools/call" && "careful" in meta.session_tags\'',
      "'meta.frame_count > 1000'",
    );
    expect(await testRules({ ...plain, file, tapes: [tape] }, say, complain)).toBe(0);
    expect([said.replaceAll(folder, '').split('\n'), complained]).toEqual([
      [
        '/r.yaml: would block 1 of 7',
        '  rule r1: would block 1 of 7',
        '  session 1: would block 1 of 7',
        expect.stringMatching(/^ {2}line \d+ of session 1, tools\/call: pass now, block then \(r1\)$/),
        '  rule r2: means no message',
        '',
      ],
      '',
    ]);
  });

  test('see state, time and names of the peers', async () => {
    const state = rules('s.yaml', '\'meta.session_state == "initializing" && frame.kind == "request"\'');
    await testRules({ ...plain, file: state, tapes: [tape] }, say, complain);
    expect(said).toContain('would block 1 of 7');
    said = '';
    const names = rules('n.yaml', '\'meta.client_name == "test-client" && frame.name == "delete"\'');
    await testRules({ ...plain, file: names, tapes: [tape] }, say, complain);
    expect(said).toContain('would block 2 of 7');
  });

  test('are compared with others, message by message', async () => {
    const [file, against] = [
      rules('next.yaml', '\'frame.name == "delete"\''),
      rules('old.yaml', '\'frame.params.arguments.path == "/a"\''),
    ];
    expect(await testRules({ ...plain, file, against, tapes: [tape] }, say, complain)).toBe(0);
    expect(said).toContain('would block 2 of 7 (now ');
    said = '';
    const failOn = ['different'] as const;
    expect(await testRules({ ...plain, file, against, tapes: [tape], failOn, json: true }, say, complain)).toBe(1);
    expect(JSON.parse(said)).toMatchObject({
      failed: ['different'],
      frames: 7,
      unseen: 0,
      idle: [],
      next: { block: 2 },
    });
    expect(await testRules({ ...plain, file, against: file, tapes: [tape], failOn }, say, complain)).toBe(0);
  });

  test('end a build where they do what they should not', async () => {
    const file = rules('r.yaml', '\'frame.name == "delete"\'');
    expect(await testRules({ ...plain, file, tapes: [tape], failOn: ['mock', 'pause'] }, say, complain)).toBe(0);
    expect(await testRules({ ...plain, file, tapes: [tape], failOn: ['mock', 'block'] }, say, complain)).toBe(1);
    expect(said).toMatch(/failed: --fail-on block\n$/);
  });

  test('several tapes are counted together', async () => {
    const file = rules('r.yaml', '\'frame.name == "delete"\'');
    await testRules({ ...plain, file, tapes: [tape, tape] }, say, complain);
    expect(said).toContain('would block 4 of 14');
    expect(said).toContain(`session 1 of ${tape}: would block`);
  });

  test('what cannot be asked about is said: messages that are not on the tape, and plugins', async () => {
    const short = (text: string) =>
      text.replace(/,"body":\{"jsonrpc":"2.0","id":2,"method".*\}$/, ',"bodyDigest":"d"}');
    writeFileSync(tape, `${(await tapeTexts({ talk, edit: short })).join('\n')}\n`);
    const file = rules('r.yaml', '\'frame.name == "delete"\'');
    await testRules({ ...plain, file, tapes: [tape] }, say, complain);
    expect(said).toContain('would block 1 of 6');
    expect(said).toContain('1 message could not be asked about');
  });

  test('what is wrong with a file or a tape is said with its place', async () => {
    const bad = rules('bad.yaml', "'frame.nothing =='");
    expect(await testRules({ ...plain, file: bad, tapes: [tape] }, say, complain)).toBe(1);
    expect(complained).toMatch(/bad\.yaml:\d+:\d+: /);
    complained = '';
    const file = rules('r.yaml', '\'frame.name == "delete"\'');
    writeFileSync(join(folder, 'x'), 'nothing\n');
    expect(await testRules({ ...plain, file, tapes: [join(folder, 'x')] }, say, complain)).toBe(1);
    expect(complained).toContain('/x:1: this is no tape');
  });
});
