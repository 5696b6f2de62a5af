/**
 * Runs `ninelives tape open`: reads a tape, and serves the page of the inspector for it alone until it is told to stop. Is in nobody's
 * list of processes: what is on the page is over.
 */

import { basename } from 'node:path';

import { Hub } from '../admin/hub.ts';
import type { HubProcess } from '../admin/hub-processes.ts';
import { type AdminListener, openAdminListener } from '../admin/listener.ts';
import { PageFiles } from '../admin/page-files.ts';
import { newToken } from '../admin/token.ts';
import { type Desk, openBrowser } from '../auth/browser.ts';
import { type OpenedTape, openTape } from '../inspector/tape/opened-tape.ts';
import { TapeFeed } from '../inspector/tape/tape-feed.ts';
import type { ProcessFacts } from '../observe/process-facts.ts';
import type { Clock, Log } from '../ports.ts';
import { systemReason } from '../reasons.ts';
import { readTape } from '../record/read-tape.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { openStandardError } from '../transports/stdio.ts';
import { exitCodes } from './exit-codes.ts';
import { openLog } from './log.ts';
import { defaultLogLevel } from './log-levels.ts';
import { People } from './people.ts';
import type { Say } from './run-tape.ts';
import type { TapeOpenRequest } from './tape-open.ts';
import { printable } from './terminal.ts';

export interface TapeOpenSurroundings {
  readonly say: Say;
  readonly complain: Say;
  readonly clock: Clock;
  readonly log: Log;
  readonly desk: Desk;
  /** Resolves when it is to end. */
  readonly stop: Promise<unknown>;
}

/** For whoever sits at this terminal, until a signal comes. */
export async function openTapeHere(request: TapeOpenRequest, say: Say): Promise<number> {
  const clock = systemClock();
  const people = new People(openStandardError());
  const log = openLog(defaultLogLevel, people, () => clock.wallTime());
  const stop = new Promise((resolve) => {
    process.on('SIGTERM', resolve).on('SIGINT', resolve).on('SIGHUP', resolve).on('SIGBREAK', resolve);
  });
  const complain: Say = (text) => people.write(text);
  const code = await runTapeOpen(request, { say, complain, clock, log, desk: process, stop });
  await people.flushed();
  return code;
}

/** Resolves with the exit code, when it is over. */
export async function runTapeOpen(
  { file, at, print }: TapeOpenRequest,
  { say, complain, clock, log, desk, stop }: TapeOpenSurroundings,
): Promise<number> {
  const tape = await openTape(readTape(file));
  if ('problem' in tape) {
    complain(`${file}:${tape.line}: ${tape.problem}\n`);
    return 1;
  }
  for (const note of tape.tape.notes) complain(`${file}: ${printable(note)}\n`);
  const facts = factsOf(tape);
  const feed = new TapeFeed({ tape, file: basename(file), facts, now: () => clock.now() });
  const token = newToken();
  let own: HubProcess | null = null;
  const hub = new Hub({ token: newToken(), own: () => own ?? undefined, clock });
  let listener: AdminListener;
  try {
    listener = await openAdminListener({
      ...at,
      token,
      hub,
      page: new PageFiles(),
      upgrades: [{ path: '/feed', accept: (request, socket, head) => feed.accept(request, socket, head) }],
      clock,
      log,
    });
  } catch (error) {
    complain(`ninelives: cannot listen on ${at.host}:${at.port}: ${systemReason(error)}\n`);
    return exitCodes.cannotListen;
  }
  const { origin } = listener;
  own = { file: { pid: facts.pid, origin, token, startedAt: facts.startedAt }, facts };
  const page = `${origin}/inspect/#token=${hub.token}`;
  say(print ? `${page}\n` : `${file} is shown at ${page} until Ctrl-C\n`);
  // Others can read how a browser was started: the address that it is given is good once.
  if (!print && openBrowser(new URL(hub.invite(), origin), desk)) say('opening it in your browser\n');
  await stop;
  hub.close();
  feed.close();
  await listener.close();
  return exitCodes.ok;
}

/** What was recorded, as if it were running in this process: that is where the page finds it. */
function factsOf({ tape: { header } }: OpenedTape): ProcessFacts {
  const { command, server } = header.process ?? { command: 'a process', server: 'a server' };
  return {
    pid: process.pid,
    version: header.ninelives,
    command: `tape of ${command}`,
    server,
    startedAt: Math.round(header.wallTime),
  };
}
