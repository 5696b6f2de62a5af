/** Runs `ninelives tape`: shows, checks and steps through tapes. Changes nothing but the report that it is asked for. */

import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

import { counted } from '../counted.ts';
import { systemReason } from '../reasons.ts';
import { type CheckedTape, junitReport } from '../record/junit-report.ts';
import { readTape } from '../record/read-tape.ts';
import { type TapeReport, checkTape, isBroken, tapeLaws } from '../record/tape-check.ts';
import type { EventLine, TapeLine } from '../record/tape-format.ts';
import { eventText, lineText, stepText } from '../record/tape-text.ts';
import { type TapeStep, TapeTravel, loadTape } from '../record/tape-travel.ts';
import type { TapeRequest } from './tape.ts';
import { printable } from './terminal.ts';

/** Where text goes that people or programs read. */
export type Say = (text: string) => void;

type Asked<Do extends TapeRequest['do']> = Extract<TapeRequest, { do: Do }>;

/** The exit code. */
export async function showTape(
  { file, session, method, bodies, json }: Asked<'show'>,
  say: Say,
  complain: Say,
): Promise<0 | 1> {
  let from = 0;
  for await (const part of readTape(file)) {
    switch (part.type) {
      case 'header': {
        const { header } = part;
        from = header.now;
        if (json) say(`${JSON.stringify(header)}\n`);
        else {
          const what =
            header.process === undefined ? '' : `, ${header.process.command} in front of ${header.process.server}`;
          const when = new Date(header.wallTime).toISOString();
          say(`${file}: a tape of ninelives ${printable(header.ninelives)}${printable(what)}, begun ${when}\n`);
        }
        break;
      }
      case 'line': {
        const { line, body } = part;
        if (session !== undefined && !('session' in line && line.session === session)) break;
        if (method !== undefined && !('to' in line && isAbout(line, method))) break;
        if (json) say(`${lineJson(line, body)}\n`);
        else {
          const text = lineText(line, from);
          if (text !== undefined) say(`${printable(text)}\n`);
          if (bodies && body !== undefined) say(`                ${printable(body)}\n`);
        }
        break;
      }
      case 'cut-off':
        complain(`${file}:${part.line}: the last line is cut off and is left out\n`);
        break;
      case 'altered':
        complain(`${file}:${part.line}: the digest is another one: lines were changed, or are missing\n`);
        break;
      case 'problem':
        complain(`${file}:${part.line}: ${part.problem}\n`);
        return 1;
    }
  }
  return 0;
}

/** With its message as it is spelled on the tape. */
function lineJson(line: TapeLine, body: string | undefined): string {
  if (body === undefined) return JSON.stringify(line);
  return `${JSON.stringify({ ...line, body: undefined }).slice(0, -1)},"body":${body}}`;
}

function isAbout({ method, settled = [] }: EventLine, wanted: string): boolean {
  return method === wanted || settled.some((request) => request.method === wanted);
}

/** The exit code. */
export async function checkTapes({ files, json, junit }: Asked<'check'>, say: Say, complain: Say): Promise<0 | 1> {
  const checked: CheckedTape[] = [];
  for (const file of files) {
    const [beganAt, from] = [Date.now(), performance.now()];
    const report = await checkTape(readTape(file));
    checked.push({ file, report, beganAt, elapsedMs: performance.now() - from });
  }
  if (json)
    say(
      `${JSON.stringify(
        checked.map(({ file, report }) => ({ file, ...report })),
        null,
        2,
      )}\n`,
    );
  else for (const { file, report } of checked) sayReport(file, report, say);
  if (junit !== undefined) {
    try {
      writeFileSync(junit, junitReport(checked, hostname()));
    } catch (error) {
      complain(`${junit} cannot be written: ${systemReason(error)}\n`);
      return 1;
    }
  }
  return checked.some(({ report }) => isBroken(report)) ? 1 : 0;
}

function sayReport(file: string, report: TapeReport, say: Say): void {
  const { lines, sessions, requests, findings, more } = report;
  say(`${file}: ${counted(lines, 'line')}, ${counted(sessions, 'session')}, ${counted(requests, 'request')}\n`);
  for (const { law, isNote, text } of tapeLaws) {
    const found = findings.filter((finding) => finding.law === law);
    if (found.length === 0) continue;
    say(`  ${isNote ? 'note' : 'broken'}: ${text}\n`);
    for (const { line, session, text: what } of found) {
      say(`    ${file}:${line}${session === undefined ? '' : ` session ${session}`}: ${printable(what)}\n`);
    }
  }
  if (more > 0) say(`    and ${more} more\n`);
  if (!isBroken(report)) say('  every law holds\n');
}

/** What keys there are, one after the other; undefined where nobody is there to press any. */
export type Keys = AsyncIterable<string>;

/** The exit code. Where there are no keys, every step is said. */
export async function stepTape(
  { file, session, at = 1 }: Asked<'step'>,
  say: Say,
  complain: Say,
  keys: Keys | undefined,
): Promise<0 | 1> {
  const tape = await loadTape(readTape(file));
  if (!('header' in tape)) {
    complain(`${file}:${tape.line}: ${tape.problem}\n`);
    return 1;
  }
  const travel = new TapeTravel(tape, session);
  const from = tape.header.now;
  if (at > travel.length) {
    complain(
      `${file}: there is no step ${at}: it has ${travel.length}${session === undefined ? '' : ` of session ${session}`}\n`,
    );
    return 1;
  }
  if (keys === undefined)
    for (let step = at; step <= travel.length; step++) sayStep(travel, travel.at(step), from, say);
  else await walk(travel, at, from, say, keys);
  for (const { seq, text } of travel.divergences) complain(`${file}: line ${seq + 1}: the chart differs: ${text}\n`);
  if (tape.problem !== undefined) complain(`${file}:${tape.problem.line}: ${tape.problem.problem}\n`);
  return tape.problem === undefined ? 0 : 1;
}

function sayStep({ length }: TapeTravel, step: TapeStep, from: number, say: Say): void {
  const { line, number } = step;
  const where = `${step.step}/${length}`.padStart(9);
  const time = `+${((line.at - from) / 1000).toFixed(3)} s`;
  say(`${where}  ${time}  line ${number}  #${line.session}  ${printable(eventText(line))}\n`);
  for (const text of stepText(step)) say(`           ${printable(text)}\n`);
}

async function walk(travel: TapeTravel, first: number, from: number, say: Say, keys: Keys): Promise<void> {
  let step = first;
  const go = (wanted: number): void => {
    const next = Math.min(Math.max(wanted, 1), travel.length);
    if (next === step) say(next === 1 ? '  this is the first step\n' : '  this is the last step\n');
    else {
      step = next;
      sayStep(travel, travel.at(step), from, say);
    }
  };
  sayStep(travel, travel.at(step), from, say);
  for await (const key of keys) {
    switch (key) {
      case ' ':
      case 'n':
      case 'right':
        go(step + 1);
        break;
      case 'p':
      case 'left':
        go(step - 1);
        break;
      case 'N':
        go(step + 10);
        break;
      case 'P':
        go(step - 10);
        break;
      case 'g':
        go(1);
        break;
      case 'G':
        go(travel.length);
        break;
      case 'b':
        say(`  ${printable(travel.at(step).body ?? 'this event has no message')}\n`);
        break;
      case 'q':
        return;
      default:
        say('  Space or n: on, p: back, N and P: by ten, g and G: first and last, b: the message, q: end\n');
    }
  }
}
