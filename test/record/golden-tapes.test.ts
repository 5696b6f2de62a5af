/**
 * Tapes that the command of a release has written are read, checked and made again by the code of today. They lie in
 * test/fixtures/tapes and are never written again: a new version of the format gets tapes of its own beside them.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { ownMember } from '../../src/protocol/derive.ts';
import { readTape } from '../../src/record/read-tape.ts';
import { type Taped, conversationsOf } from '../../src/record/replay-conversation.ts';
import { replayTape } from '../../src/record/replay-tape.ts';
import { turnsOf } from '../../src/record/replay-turns.ts';
import { checkTape } from '../../src/record/tape-check.ts';
import { type LoadedTape, TapeTravel, loadTape } from '../../src/record/tape-travel.ts';

const folder = join(import.meta.dirname, '../fixtures/tapes');

interface Golden {
  /** Of the format; 1 where it is left out. */
  readonly version?: 2;
  readonly lines: number;
  readonly sessions: number;
  readonly requests: number;
  /** Laws that the conversation on it breaks, with the lines. */
  readonly findings: readonly string[];
  /** What each session came to. */
  readonly ends: readonly string[];
  /** Messages that client and server heard of each other, session by session. */
  readonly heard: readonly number[];
}

const golden: Readonly<Record<string, Golden>> = {
  // Calls at once, a call back, progress, log messages, a cancellation, errors, a secret, and five lines that are no messages.
  stdio: {
    lines: 40,
    sessions: 1,
    requests: 12,
    findings: [33, 34, 35, 36, 37].map((line) => `well-formed ${line}`),
    ends: ['closed'],
    heard: [29],
  },
  // What the client of that tape did, without the lines that are no messages, on a tape of version 2.
  'stdio-2': { version: 2, lines: 35, sessions: 1, requests: 12, findings: [], ends: ['closed'], heard: [29] },
  // Two clients that use the same ids at once, each on exchanges of its own.
  http: { lines: 28, sessions: 2, requests: 7, findings: [], ends: ['closed', 'closed'], heard: [7, 9] },
  // What is blocked, answered in its place, changed, delayed, labelled, and kept from the client.
  rules: { lines: 20, sessions: 1, requests: 6, findings: [], ends: ['closed'], heard: [10] },
  // The server dies with two calls, and comes back.
  recovery: { lines: 17, sessions: 1, requests: 4, findings: [], ends: ['closed'], heard: [7] },
  // Messages that are too long for the tape.
  long: { lines: 13, sessions: 1, requests: 3, findings: [], ends: ['closed'], heard: [7] },
  // The process was killed.
  killed: { lines: 9, sessions: 1, requests: 3, findings: ['whole 10'], ends: ['active.serving'], heard: [6] },
};

const fileOf = (name: string): string => join(folder, `${name}.tape.jsonl`);

async function loaded(name: string): Promise<LoadedTape> {
  const tape = await loadTape(readTape(fileOf(name)));
  if (!('header' in tape)) throw new Error(tape.problem);
  return tape;
}

test('every tape that is kept is known here', () => {
  const names = readdirSync(folder).map((name) => name.replace('.tape.jsonl', ''));
  expect(names.sort()).toEqual(Object.keys(golden).sort());
});

describe.each(Object.entries(golden))('the tape %s', (name, expected) => {
  test('is read, and breaks the laws that it broke', async () => {
    const { header, lines, sessions, requests, findings } = await checkTape(readTape(fileOf(name)));
    expect(header).toMatchObject({ tape: expected.version ?? 1, ninelives: '0.1.0-alpha.0' });
    expect({ lines, sessions, requests }).toEqual({
      lines: expected.lines,
      sessions: expected.sessions,
      requests: expected.requests,
    });
    expect(findings.map(({ law, line }) => `${law} ${line}`)).toEqual(expected.findings);
  });

  test('loses no member of any line when it is read', async () => {
    const texts = readFileSync(fileOf(name), 'utf8').trimEnd().split('\n');
    const { header, lines } = await loaded(name);
    expect(header).toEqual(JSON.parse(texts[0]!));
    const spelled = texts.slice(1).map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>);
    if (expected.version === undefined) expect(lines.map(({ line }) => line)).toEqual(spelled);
    for (const [index, { settled: _settled, sent: _sent, ...said }] of spelled.entries()) {
      expect(lines[index]?.line).toMatchObject(said);
    }
  });

  test('is made again step by step, and comes to what it came to', async () => {
    const tape = await loaded(name);
    const travel = new TapeTravel(tape);
    const last = new Map<number, string | undefined>();
    for (let step = 1; step <= travel.length; step++) {
      const { line, session } = travel.at(step);
      expect(session?.state).toBe(line.to);
      last.set(line.session, session?.state);
    }
    expect(travel.divergences).toEqual([]);
    expect([...last.values()]).toEqual(expected.ends);
  });

  test('has the conversations that it had, for who plays them', async () => {
    const tape = await loaded(name);
    const conversations = conversationsOf(tape);
    expect(conversations.map(({ messages }) => messages.length)).toEqual(expected.heard);
    const steps = conversations.flatMap(turnsOf).flatMap((turn) => turn.steps);
    const answers = conversations.flatMap(({ messages }) => messages.filter(({ kind }) => kind === 'response'));
    expect(steps.filter(({ do: what }) => what === 'answer' || what === 'hear')).toHaveLength(answers.length);
  });
});

test('answers belong to their requests, where exchanges use the same ids', async () => {
  for (const { messages } of conversationsOf(await loaded('http'))) {
    const calls = messages.filter(({ kind, method }) => kind === 'response' && method === 'tools/call');
    const texts = calls.map((answer) => [
      argumentIn(answer.kind === 'response' ? answer.request : answer),
      ownMember(answer.message, 'result'),
    ]);
    expect(texts).toEqual([
      ['quick', { content: [{ type: 'text', text: 'quick' }] }],
      ['slow', { content: [{ type: 'text', text: 'slow' }] }],
    ]);
  }
});

function argumentIn({ message }: Taped): unknown {
  return ownMember(ownMember(ownMember(message, 'params'), 'arguments'), 'text');
}

test('what is too long on a tape is named by its line before it is played', async () => {
  expect(await replayTape(readTape(fileOf('long')), 'server')).toEqual({
    line: 9,
    problem:
      'the answer to tools/call was too long to be kept: record with a larger --record-body-bytes-max to play it',
  });
});

test('no tape has a secret, or the whole id of a session', () => {
  for (const name of Object.keys(golden)) {
    const text = readFileSync(fileOf(name), 'utf8');
    expect(text).not.toMatch(/not-for-tapes|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}/);
  }
});
