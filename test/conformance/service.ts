/** A program that serves HTTP while a run lasts: started, and waited for until it says where it listens. */

import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { startGroup, stopGroup } from './process-group.ts';
import type { Command } from './programs.ts';

export interface Service {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export interface ServiceOptions {
  /** Where it is known to listen. By default it says so itself: `listening on URL`. */
  readonly url?: string;
  /** File for what it prints. */
  readonly log?: string;
}

const startMsMax = 20_000;

/** @throws Error when the program ends, or says nothing of listening for 20 seconds. */
export async function startService(command: Command, { url, log }: ServiceOptions = {}): Promise<Service> {
  const child = startGroup(command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = async (): Promise<void> => stopGroup(child);
  try {
    const said = await whereItListens(child, log);
    return { url: url ?? said, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function whereItListens(child: ChildProcess, log: string | undefined): Promise<string> {
  let printed = '';
  const timeout = AbortSignal.timeout(startMsMax);
  const file = log === undefined ? undefined : createWriteStream(log);
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${child.spawnargs.join(' ')}\n${why}\n${printed}`));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        file?.write(text);
        printed = `${printed}${text}`.slice(-10_000);
        // The end of the line has to be there, or half of a port would be taken for it. A log line ends in more than the URL.
        const [, said] = /listening on (\S+).*\n/i.exec(printed) ?? [];
        if (said !== undefined) resolve(said.replace(/[^\w/]+$/, ''));
      });
    }
    child.once('error', (error) => fail(error.message));
    child.once('exit', () => fail('has ended'));
    timeout.addEventListener('abort', () => fail('does not say where it listens'));
  });
}
