/** In what a server differed from that of a tape: for people, for programs, and for build servers. */

import { counted } from '../counted.ts';
import { type JunitCase, type JunitSuite, junitDocument } from '../record/junit.ts';
import type { Heard } from '../record/replay-client.ts';
import type { Conversation, TapedRequest } from '../record/replay-conversation.ts';
import type { ReplayDivergence } from '../record/replay-divergence.ts';
import { printable } from './terminal.ts';

export interface ReplayReport {
  readonly file: string;
  readonly conversation: Conversation;
  readonly heard: Heard;
  readonly divergences: readonly ReplayDivergence[];
}

/** The server says what it said on the tape, to all that was said to it. */
export function isSame({ divergences, heard }: ReplayReport): boolean {
  return divergences.length === 0 && heard.unsaid.length === 0;
}

/** Of a value. */
const charactersMax = 200;

export function textReport(report: ReplayReport): string {
  const { file, divergences } = report;
  const { requests, answered, unsaid } = countsOf(report);
  const left = unsaid === 0 ? '' : `, ${unsaid} messages were not said`;
  const what = divergences.length === 0 ? 'no divergence' : counted(divergences.length, 'divergence');
  return [
    `${file}: ${counted(requests, 'request')}, ${counted(answered, 'answer')}${left}: ${what}`,
    ...divergences.map((divergence) => `  ${placeOf(file, divergence)}${printable(divergenceText(divergence))}`),
    '',
  ].join('\n');
}

export function jsonReport(report: ReplayReport): string {
  const { file, conversation, divergences } = report;
  const said = { file, session: conversation.session, isSame: isSame(report), ...countsOf(report), divergences };
  return `${JSON.stringify(said, null, 2)}\n`;
}

/** A case for each exchange, and one for what the server says by itself. */
export function junitOf(
  { file, conversation, divergences }: ReplayReport,
  ran: Pick<JunitSuite, 'beganAt' | 'elapsedMs'>,
  hostname: string,
): string {
  const byLine = new Map<number | undefined, string[]>();
  for (const divergence of divergences) {
    byLine.set(divergence.line, [...(byLine.get(divergence.line) ?? []), divergenceText(divergence)]);
  }
  const cases = requestsIn(conversation).map(({ line, method, answer }) => {
    const found = byLine.get(answer?.line ?? line) ?? [];
    byLine.delete(answer?.line ?? line);
    return caseOf(file, `line ${line}: ${method}`, found);
  });
  const others = [...byLine].flatMap(([line, texts]) =>
    texts.map((text) => (line === undefined ? text : `${line}: ${text}`)),
  );
  const all = [...cases, caseOf(file, 'what the server says by itself', others)];
  return junitDocument([{ name: file, ...ran, cases: all }], hostname);
}

function caseOf(file: string, name: string, found: readonly string[]): JunitCase {
  const [message] = found;
  const named = { classname: file, name };
  return message === undefined
    ? named
    : { ...named, failure: { type: 'divergence', message, lines: found.join('\n') } };
}

export function divergenceText({ kind, about, difference, came }: ReplayDivergence): string {
  switch (kind) {
    case 'missing':
      return `${about} is missing`;
    case 'extra':
      return `${about} is not on the tape: ${shown(came)}`;
    case 'differs': {
      const { path = '', expected, actual } = difference ?? {};
      return `${about} differs at ${path === '' ? 'the whole' : path}: ${shown(expected)} on the tape, ${shown(actual)} now`;
    }
  }
}

function placeOf(file: string, { line }: ReplayDivergence): string {
  return line === undefined ? '' : `${file}:${line}: `;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) return 'nothing';
  return text.length > charactersMax ? `${text.slice(0, charactersMax)}...` : text;
}

function countsOf({ conversation, heard }: ReplayReport) {
  return { requests: requestsIn(conversation).length, answered: heard.answers.size, unsaid: heard.unsaid.length };
}

function requestsIn({ messages }: Conversation): readonly TapedRequest[] {
  return messages.filter((message) => message.from === 'client' && message.kind === 'request') as TapedRequest[];
}
