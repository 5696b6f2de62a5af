/** Runs `ninelives tape export`: makes a tape into what others can show. Writes the one file that it is asked for. */

import { closeSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';

import { systemReason } from '../reasons.ts';
import { readTape } from '../record/read-tape.ts';
import { tapeHar } from '../record/tape-har.ts';
import { tapePage } from '../record/tape-page.ts';
import { type LoadedTape, loadTape } from '../record/tape-travel.ts';
import { type TapedSession, sessionsOn } from '../record/taped-sessions.ts';
import { Redaction } from '../redaction.ts';
import type { Say } from './run-tape.ts';
import type { TapeExportRequest } from './tape-export.ts';

/** The exit code. A tape that breaks off is exported as far as it goes. */
export async function exportTape(request: TapeExportRequest, say: Say, complain: Say): Promise<0 | 1> {
  const { file, session, output } = request;
  const tape = await loadTape(readTape(file));
  if (!('header' in tape)) {
    complain(`${file}:${tape.line}: ${tape.problem}\n`);
    return 1;
  }
  const sessions = sessionsOn(tape).filter((each) => session === undefined || each.session === session);
  if (session !== undefined && sessions.length === 0) {
    complain(`${file}: there is no session ${session}\n`);
    return 1;
  }
  const problem = writePieces(piecesOf(request, tape, sessions), output, say);
  if (problem !== undefined) complain(`${problem}\n`);
  if (tape.problem !== undefined) complain(`${file}:${tape.problem.line}: ${tape.problem.problem}\n`);
  return problem === undefined && tape.problem === undefined ? 0 : 1;
}

function piecesOf(
  { file, format, isRedacted, hidden }: TapeExportRequest,
  tape: LoadedTape,
  sessions: readonly TapedSession[],
): Iterable<string> {
  const redaction = new Redaction({ paths: hidden });
  const hide = (message: string): string => (isRedacted ? redaction.message(message) : message);
  return format === 'har'
    ? tapeHar(tape, sessions, { hide })
    : tapePage(tape, sessions, { hide, name: basename(file) });
}

/** What went wrong, if anything did. */
function writePieces(pieces: Iterable<string>, output: string | undefined, say: Say): string | undefined {
  if (output === undefined) {
    for (const piece of pieces) say(piece);
    return undefined;
  }
  try {
    // What sessions said is for their owner alone, as tapes are.
    const fd = openSync(output, 'w', 0o600);
    try {
      for (const piece of pieces) writeSync(fd, piece);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return `${output} cannot be written: ${systemReason(error)}`;
  }
  return undefined;
}
