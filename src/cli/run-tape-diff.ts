/** Runs `ninelives tape diff`: reads two tapes and says what differs. Changes nothing. */

import { counted } from '../counted.ts';
import { isMeant } from '../path-pattern.ts';
import { readTape } from '../record/read-tape.ts';
import { type SessionDifference, differencesOfSessions } from '../record/tape-difference.ts';
import { type DifferenceLine, differenceLines } from '../record/tape-difference-text.ts';
import { loadTape } from '../record/tape-travel.ts';
import { type TapedSession, sessionsOn } from '../record/taped-sessions.ts';
import { exitCodes } from './exit-codes.ts';
import type { Say } from './run-tape.ts';
import type { TapeDiffRequest } from './tape-diff.ts';
import { printable } from './terminal.ts';

/** @param hasColours whether whoever reads it wants them. */
export async function diffTapes(
  { before, after, sessions, ignored, json }: TapeDiffRequest,
  say: Say,
  complain: Say,
  hasColours: boolean,
): Promise<0 | 1 | 2> {
  const one = await conversationsOn(before, sessions?.before, complain);
  const other = await conversationsOn(after, sessions?.after, complain);
  if (one === undefined || other === undefined) return exitCodes.usage;
  const ignoring = (path: string): boolean => ignored.some((pattern) => isMeant(pattern, path));
  const found = differencesOfSessions(one, other, { ignoring });
  const isSame = found.every(({ changes }) => changes.length === 0);
  if (json) say(`${JSON.stringify({ before, after, isSame, sessions: found }, null, 2)}\n`);
  else if (isSame)
    say(`no difference: ${counted(one.length, 'session')}, ${counted(sameIn(found), 'thing')} compared\n`);
  else sayDifferences(before, after, found, say, hasColours);
  return isSame ? 0 : 1;
}

const sameIn = (found: readonly SessionDifference[]): number => found.reduce((sum, { same }) => sum + same, 0);

/** Undefined where they cannot be had; why was said then. */
async function conversationsOn(
  file: string,
  session: number | undefined,
  complain: Say,
): Promise<readonly TapedSession[] | undefined> {
  const tape = await loadTape(readTape(file));
  const problem = 'header' in tape ? tape.problem : tape;
  if (!('header' in tape) || problem !== undefined) {
    complain(`${file}:${problem!.line}: ${problem!.problem}\n`);
    return undefined;
  }
  const all = sessionsOn(tape);
  const wanted = session === undefined ? all : all.filter((each) => each.session === session);
  if (session === undefined || wanted.length > 0) return wanted;
  complain(`${file}: there is no session ${session}: it has ${counted(all.length, 'session')}\n`);
  return undefined;
}

const colours: Readonly<Record<DifferenceLine['mark'], string>> = {
  '-': '\u001b[31m',
  '+': '\u001b[32m',
  '~': '\u001b[36m',
  ' ': '',
};

function sayDifferences(
  before: string,
  after: string,
  found: readonly SessionDifference[],
  say: Say,
  hasColours: boolean,
): void {
  const lines: readonly DifferenceLine[] = [
    { mark: '-', text: `--- ${before}` },
    { mark: '+', text: `+++ ${after}` },
    ...found.filter(({ changes }) => changes.length > 0).flatMap(differenceLines),
  ];
  for (const { mark, text } of lines) {
    const shown = printable(text);
    say(hasColours && mark !== ' ' ? `${colours[mark]}${shown}\u001b[0m\n` : `${shown}\n`);
  }
}
