/** Shows a dry run of rules what passed on a tape, as it passed: each message, and its session as it was. Changes nothing. */

import { Rebuild } from '../record/rebuild.ts';
import type { TapePart } from '../record/tape-parts.ts';
import { tapedContext } from '../record/taped-context.ts';
import type { OpenedLine, TapeHeader } from '../record/tape-format.ts';
import type { TapeProblem } from '../record/tape-lines.ts';
import type { DryRun } from '../rules/dry-run.ts';

export interface TapeDryRun {
  /** Messages that rules cannot be asked about: too long for the tape, or of a session that was opened before it. */
  readonly unseen: number;
  /** The tape ends here because of this. */
  readonly problem?: TapeProblem;
}

/** @param sessionIdOf what a session is called in the report. */
export async function dryRunOver(
  parts: AsyncIterable<TapePart>,
  dryRun: Pick<DryRun, 'intercept'>,
  sessionIdOf: (session: number) => string,
): Promise<TapeDryRun> {
  const rebuild = new Rebuild();
  const opened = new Map<number, OpenedLine>();
  let header: TapeHeader | undefined;
  let unseen = 0;
  for await (const part of parts) {
    if (part.type === 'problem') return { unseen, problem: { line: part.line, problem: part.problem } };
    if (part.type === 'header') ({ header } = part);
    if (part.type !== 'line') continue;
    const { line, number, body } = part;
    if (line.event === 'session.opened') opened.set(line.session, line);
    else if ('to' in line && line.kind !== undefined) {
      const of = opened.get(line.session);
      const metadata = rebuild.metadata(line.session, line.at);
      const context =
        header === undefined || of === undefined || metadata === undefined
          ? undefined
          : tapedContext(
              { number, line, body },
              { header, opened: of, sessionId: sessionIdOf(line.session), metadata },
            );
      if (context === undefined) unseen++;
      else dryRun.intercept(context);
    }
    rebuild.apply(part);
  }
  return { unseen };
}
