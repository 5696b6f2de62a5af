/**
 * The laws that a tape is held to: that it is whole and as it was written; that the chart of this release comes to what the tape says;
 * and that nobody on it broke the rules of the protocol. Every finding names the line.
 */

import { type CounterName, counterIndex } from '../session/counters.ts';
import { Rebuild } from './rebuild.ts';
import type { TapePart } from './tape-parts.ts';
import type { EventLine, TapeHeader, TapeLine } from './tape-format.ts';

export type TapeLaw = (typeof tapeLaws)[number]['law'];

/** In the order in which they are told. `note`: it is said, and does not fail a check. */
export const tapeLaws = [
  { law: 'readable', isNote: false, text: 'every line is a line of a tape' },
  { law: 'unaltered', isNote: false, text: 'what stands on the tape is what was written' },
  { law: 'whole', isNote: true, text: 'the tape was closed, and no line is missing' },
  { law: 'chart', isNote: false, text: 'the chart comes to what the tape says' },
  { law: 'answered', isNote: false, text: 'every request has its outcome' },
  { law: 'in-time', isNote: false, text: 'no request ran into its deadline' },
  { law: 'wanted', isNote: false, text: 'every response answers a request that waits' },
  { law: 'own-id', isNote: false, text: 'no id is used twice at once' },
  { law: 'well-formed', isNote: false, text: 'every message is a message' },
  { law: 'in-state', isNote: false, text: 'every event is one that the state takes' },
] as const;

export interface Finding {
  readonly law: TapeLaw;
  /** Of the file, from 1. */
  readonly line: number;
  readonly session?: number;
  readonly text: string;
}

export interface TapeReport {
  readonly header: TapeHeader | undefined;
  readonly lines: number;
  readonly sessions: number;
  readonly requests: number;
  readonly findings: readonly Finding[];
  /** Findings beyond `findingsMax`, which are counted and not kept. */
  readonly more: number;
}

const findingsMax = 1000;

/** Counters of a session that go up where a rule was broken. */
const watched: readonly (readonly [CounterName, TapeLaw, string])[] = [
  ['lateResponses', 'wanted', 'a response came when its request had its outcome already'],
  ['duplicateResponses', 'wanted', 'a second response came for the same request'],
  ['bogusResponses', 'wanted', 'a response came that nobody had asked for'],
  ['duplicateIds', 'own-id', 'a request came under an id that was in use'],
  ['malformedFromClient', 'well-formed', 'the client sent what is no message'],
  ['malformedFromServer', 'well-formed', 'the server sent what is no message'],
  ['outcome.timeout', 'in-time', 'a request ran into its deadline'],
];

export async function checkTape(parts: AsyncIterable<TapePart>): Promise<TapeReport> {
  const check = new Check();
  for await (const part of parts) check.see(part);
  return check.report();
}

class Check {
  readonly #rebuild = new Rebuild();
  readonly #findings: Finding[] = [];
  /** Sessions that were opened on the tape before this one. */
  readonly #continued = new Set<number>();
  #header: TapeHeader | undefined;
  #more = 0;
  #lines = 0;
  #sessions = 0;
  #requests = 0;
  #lastLine = 0;
  #isClosed = false;

  see(part: TapePart): void {
    switch (part.type) {
      case 'header':
        this.#header = part.header;
        return;
      case 'problem':
        this.#find('readable', part.line, undefined, part.problem);
        return;
      case 'altered':
        this.#find('unaltered', part.line, undefined, 'the digest is another one: lines were changed, or are missing');
        return;
      case 'cut-off':
        this.#find('whole', part.line, undefined, `the last line is cut off after ${part.bytes} bytes, and left out`);
        return;
      case 'line':
        this.#seeLine(part);
    }
  }

  report(): TapeReport {
    const isReadable = this.#findings.every(({ law }) => law !== 'readable');
    if (!this.#isClosed && isReadable) {
      this.#find(
        'whole',
        this.#lastLine,
        undefined,
        'the tape was not closed: it is being written, or its process died',
      );
    }
    const [lines, sessions, requests, findings] = [this.#lines, this.#sessions, this.#requests, this.#findings];
    return { header: this.#header, lines, sessions, requests, findings, more: this.#more };
  }

  #seeLine(read: Extract<TapePart, { type: 'line' }>): void {
    const { number, line } = read;
    this.#lines += 1;
    this.#lastLine = number;
    const before = 'session' in line ? this.#countsOf(line.session) : undefined;
    const diverged = this.#rebuild.divergences.length;
    this.#rebuild.apply(read);
    const isContinued = 'to' in line && before === undefined && this.#header?.continues !== undefined;
    if (isContinued) this.#noteContinued(number, line.session);
    const { divergences } = this.#rebuild;
    for (let index = diverged; index < divergences.length; index += 1) {
      const { session, text } = divergences[index]!;
      if (!isContinued) this.#find('chart', number, session, text);
    }
    if ('to' in line) this.#seeEvent(number, line, before);
    else this.#seeOther(number, line);
  }

  /** What it was when the tape began stands on another one. */
  #noteContinued(number: number, session: number): void {
    if (this.#continued.has(session)) return;
    this.#continued.add(session);
    this.#find(
      'whole',
      number,
      session,
      `it goes on from ${this.#header?.continues}, and cannot be made again from here`,
    );
  }

  #seeEvent(number: number, { event, session, decision, to }: EventLine, before: readonly number[] | undefined): void {
    if (event === 'frame.request') this.#requests += 1;
    if (decision === 'unexpected') this.#find('in-state', number, session, `${event} is none that ${to} takes`);
    const after = this.#countsOf(session);
    if (before === undefined || after === undefined) return;
    watched.forEach(([, law, text], index) => {
      if (after[index]! > before[index]!) this.#find(law, number, session, text);
    });
  }

  #seeOther(number: number, line: Exclude<TapeLine, EventLine>): void {
    switch (line.event) {
      case 'settings':
        return;
      case 'session.opened':
        this.#sessions += 1;
        return;
      case 'session.ended':
        this.#expectAnswered(number, line.session);
        return;
      case 'tape.gap':
        this.#find('whole', number, undefined, `${line.dropped} lines are missing: they could not be written in time`);
        return;
      case 'tape.closed':
        this.#isClosed = true;
    }
  }

  #countsOf(session: number): readonly number[] | undefined {
    const counts = this.#rebuild.counts(session);
    return counts && watched.map(([name]) => counts[counterIndex[name]]!);
  }

  #expectAnswered(number: number, session: number): void {
    for (const { method, id } of this.#rebuild.snapshot(session)?.pending ?? []) {
      this.#find('answered', number, session, `${method} ${JSON.stringify(id)} has no outcome at the end`);
    }
  }

  #find(law: TapeLaw, line: number, session: number | undefined, text: string): void {
    if (this.#findings.length === findingsMax) this.#more += 1;
    else this.#findings.push({ law, line, ...(session === undefined ? {} : { session }), text });
  }
}

/** The check fails: some finding is more than a note. */
export function isBroken({ findings, more }: Pick<TapeReport, 'findings' | 'more'>): boolean {
  const notes: ReadonlySet<string> = new Set(tapeLaws.filter(({ isNote }) => isNote).map(({ law }) => law));
  return more > 0 || findings.some(({ law }) => !notes.has(law));
}
