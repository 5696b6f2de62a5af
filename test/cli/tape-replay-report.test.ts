import { describe, expect, test } from 'vitest';
import type { Heard } from '../../src/record/replay-client.ts';
import { divergencesOf } from '../../src/record/replay-divergence.ts';
import { type ReplayReport, isSame, jsonReport, junitOf, textReport } from '../../src/cli/tape-replay-report.ts';
import { junitProblems } from '../record/junit-schema.ts';
import { Conversing, answer, notification } from '../record/conversing.ts';

const nothing: Heard = { answers: new Map(), asks: [], notifications: [], strays: [], unsaid: [] };

function reportOf(result: unknown, more: Partial<Heard> = {}): ReplayReport {
  const talk = new Conversing();
  talk.client.asks(1, 'tools/list');
  talk.server.answers(1, { text: 'taped' });
  const { conversation } = talk;
  const heard = { ...nothing, answers: new Map([[talk.waiting('client', 1), answer(1, result)]]), ...more };
  return { file: 'a.jsonl', conversation, heard, divergences: divergencesOf(conversation, heard) };
}

const same = reportOf({ text: 'taped' });
const other = reportOf({ text: 'now\n' }, { notifications: [notification('notifications/new')] });

describe('the report of a replay', () => {
  test('says for people how much was said and heard, and each difference with its line', () => {
    expect(textReport(same)).toBe('a.jsonl: 1 request, 1 answer: no divergence\n');
    expect(textReport(other)).toBe(
      [
        'a.jsonl: 1 request, 1 answer: 2 divergences',
        '  a.jsonl:3: answer to tools/list differs at /result/text: "taped" on the tape, "now\\n" now',
        '  notifications/new is not on the tape: {"jsonrpc":"2.0","method":"notifications/new"}',
        '',
      ].join('\n'),
    );
    const empty = reportOf(undefined, { answers: new Map() });
    expect(textReport(empty)).toContain('a.jsonl:3: answer to tools/list is missing');
    expect(textReport(reportOf('x'.repeat(1000)))).toMatch(/x{199}\.\.\. now$/m);
    expect(textReport(reportOf(7))).toContain('differs at /result: {"text":"taped"} on the tape, 7 now');
  });

  test('says for programs the same', () => {
    expect(JSON.parse(jsonReport(same))).toEqual({
      file: 'a.jsonl',
      session: 1,
      isSame: true,
      requests: 1,
      answered: 1,
      unsaid: 0,
      divergences: [],
    });
    expect(JSON.parse(jsonReport(other))).toMatchObject({
      isSame: false,
      divergences: [{ kind: 'differs', line: 3 }, {}],
    });
  });

  test('is the same only where everything was said', () => {
    expect([isSame(same), isSame(other)]).toEqual([true, false]);
    expect(isSame(reportOf({ text: 'taped' }, { unsaid: same.conversation.messages.slice(0, 1) }))).toBe(false);
  });

  test('has a case for each exchange, and one for the rest, for build servers', () => {
    const ran = { beganAt: 0, elapsedMs: 1500 };
    expect(junitOf(same, ran, 'host')).toContain('tests="2" failures="0"');
    const text = junitOf(other, ran, 'host');
    expect(junitProblems(text)).toEqual([]);
    expect(text).toContain('tests="2" failures="2"');
    expect(text).toMatch(
      /name="line 2: tools\/list"><failure type="divergence" message="answer to tools\/list differs/,
    );
    expect(text).toMatch(
      /name="what the server says by itself"><failure type="divergence" message="notifications\/new is not on/,
    );
  });
});
