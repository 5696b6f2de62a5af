/**
 * Runs `ninelives inspect`: serves the page of all processes until it is told to stop, and shows on a terminal which processes come and
 * go. Has no sessions of its own, and is in nobody's list.
 */

import { Hub } from '../admin/hub.ts';
import { HubSeat } from '../admin/hub-seat.ts';
import { hubToken } from '../admin/hub-token.ts';
import { type AdminListener, openAdminListener } from '../admin/listener.ts';
import { PageFiles } from '../admin/page-files.ts';
import { runFolder } from '../admin/run-folder.ts';
import { newToken } from '../admin/token.ts';
import type { ProcessFacts } from '../observe/process-facts.ts';
import { systemReason } from '../reasons.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { openStandardError } from '../transports/stdio.ts';
import { exitCodes } from './exit-codes.ts';
import type { InspectRequest } from './inspect-flag.ts';
import { openLog } from './log.ts';
import { defaultLogLevel } from './log-levels.ts';
import { People } from './people.ts';
import { printable } from './terminal.ts';

export async function runInspect({ host, port }: InspectRequest): Promise<never> {
  const clock = systemClock();
  const people = new People(openStandardError());
  const log = openLog(defaultLogLevel, people, () => clock.wallTime());
  const leave = async (code: number): Promise<never> => {
    await people.flushed();
    process.exit(code);
  };
  const stop = (): void => void leave(exitCodes.ok);
  process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', stop).on('SIGBREAK', stop);
  // Nothing else keeps a process alive that waits for an address.
  setInterval(() => {}, 2 ** 30);

  const folder = runFolder();
  const kept = hubToken(folder);
  if ('problem' in kept) {
    people.write(`ninelives: the processes of this machine cannot be found: ${printable(kept.problem)}\n`);
    return leave(exitCodes.notManaged);
  }
  const hub = new Hub({ token: kept.token, folder, own: () => undefined, clock });
  // The token of a process is not asked for where there is none.
  const common = { host, port, token: newToken(), hub, page: new PageFiles(), clock, log };
  const open = async (): Promise<AdminListener> => openAdminListener(common);
  const seat = new HubSeat({ host, port, folder, pid: process.pid, command: 'inspect', open, clock, log });
  const pageAt = (origin: string): string => `${origin}/inspect/#token=${hub.token}`;
  const serve = ({ origin }: AdminListener): void => people.write(`ninelives inspector on ${pageAt(origin)}\n`);
  try {
    const listener = await seat.take();
    if (listener !== undefined) serve(listener);
    else {
      const holder = await seat.holder();
      const who =
        holder === undefined
          ? 'a process that is not of ninelives'
          : `process ${holder.pid} (${holder.command}): the page is at ${pageAt(seat.origin)}`;
      people.write(`${seat.origin} is taken by ${printable(who)}\nThis waits until it is free.\n`);
      seat.wait(serve);
    }
  } catch (error) {
    people.write(`ninelives: cannot listen on ${host}:${port}: ${systemReason(error)}\n`);
    return leave(exitCodes.cannotListen);
  }
  if (people.isTTY === true) {
    people.write('Processes that were started with --inspect, as they come and go:\n');
    showProcesses(hub, (line) => people.write(line));
  }
  return new Promise(() => {});
}

/** A line for each that comes or goes. */
function showProcesses(hub: Hub, say: (line: string) => void): void {
  let before: ReadonlyMap<string, ProcessFacts> = new Map();
  hub.processes.follow((processes) => {
    const now = new Map(processes.map(({ facts }) => [`${facts.pid} ${facts.startedAt}`, facts]));
    for (const [key, facts] of before) if (!now.has(key)) say(`  - ${nameOf(facts)}\n`);
    for (const [key, facts] of now) if (!before.has(key)) say(`  + ${nameOf(facts)}\n`);
    before = now;
  });
}

function nameOf({ pid, command, server, url }: ProcessFacts): string {
  const where = url === undefined ? '' : ` on ${url}`;
  return printable(`process ${pid}: ${command}${where}, in front of ${server}`);
}
