/**
 * The address where people look for the page. One process has it at a time; when that one ends, whichever of the others looks first
 * takes it. Knows nothing of what is served there.
 */

import { isIPv6 } from 'node:net';

import type { Clock, Log, TimerHandle } from '../ports.ts';
import { type HubFile, holderOf, writeHubFile } from './hub-file.ts';
import type { AdminListener } from './listener.ts';

export interface HubSeatOptions {
  readonly host: string;
  /** 0 takes a free one, which others find by its file alone. */
  readonly port: number;
  /** Of the run files. */
  readonly folder: string;
  /** Of this process. */
  readonly pid: number;
  readonly command: string;
  /** Listens there. Rejects with the error of the socket. */
  readonly open: (port: number) => Promise<AdminListener>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Between two looks, and what is added to it so that processes that were started together do not look together. */
const lookMs = 800;
const jitterMsMax = 400;
/** Whoever has just taken the address says so a moment later. */
const sayMs = 50;
const sayLooks = 6;

export class HubSeat {
  /** `http://HOST:PORT`. */
  readonly origin: string;
  readonly #options: HubSeatOptions;
  #timer: TimerHandle;
  #isOver = false;

  constructor(options: HubSeatOptions) {
    const { host, port } = options;
    this.origin = `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
    this.#options = options;
  }

  /** Takes the address where nobody has it. Rejects where that is not why it cannot be had. */
  async take(): Promise<AdminListener | undefined> {
    const { open, port, pid, command, folder, log } = this.#options;
    const listener = await open(port).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') return undefined;
      throw error;
    });
    if (listener === undefined) return undefined;
    const written = writeHubFile({ pid, origin: listener.origin, command }, folder);
    if ('problem' in written) log.warn({ problem: written.problem }, 'other processes will not know who has the page');
    else process.on('exit', written.remove);
    return listener;
  }

  /** Looks again and again, until it can be taken. */
  wait(onTaken: (listener: AdminListener) => void): void {
    const { clock, log, pid } = this.#options;
    const look = async (): Promise<void> => {
      let listener: AdminListener | undefined;
      try {
        listener = await this.take();
      } catch (error) {
        log.debug({ error }, 'the address of the page cannot be taken');
      }
      if (this.#isOver) await listener?.close();
      else if (listener === undefined) this.wait(onTaken);
      else onTaken(listener);
    };
    this.#timer = clock.setTimeout(() => void look(), lookMs + ((pid * 97) % jitterMsMax));
  }

  /** Which of our processes has it; undefined where it is a stranger. */
  async holder(): Promise<HubFile | undefined> {
    for (let looks = 1; ; looks += 1) {
      const found = holderOf(this.origin, this.#options.folder);
      if (found !== undefined || looks >= sayLooks) return found;
      await new Promise<void>((resolve) => this.#options.clock.setTimeout(resolve, sayMs));
    }
  }

  close(): void {
    this.#isOver = true;
    this.#options.clock.clearTimeout(this.#timer);
  }
}
