/**
 * Which processes there are: finds out whether the page came from a hub or from a process alone, and keeps the list of them as it
 * changes. Tries for as long as the page is open, but for a token that is wrong: only another token helps there.
 */

import type { ProcessFacts } from '../../../observe/process-facts.ts';
import { type AdminAnswer, askAdmin } from './admin.ts';
import { waitMs } from './backoff.ts';
import { LiveSocket, type SocketLike } from './live-socket.ts';
import type { Reach } from './reach.ts';

export type DirectoryState = 'connecting' | 'open' | 'lost' | 'unauthorised';

export interface DirectoryOptions {
  readonly origin: string;
  readonly token: string;
  /** Begins to open a WebSocket to that path of the server. */
  readonly openSocket: (reach: Reach, path: string) => SocketLike;
  readonly onList: (processes: readonly ProcessFacts[], reach: Reach) => void;
  readonly onState: (state: DirectoryState) => void;
}

/** A hub says at once what has changed; this is for what it might miss, and for a process alone, which says nothing. */
const lookAgainMs = 5_000;

export class Directory {
  readonly #options: DirectoryOptions;
  #hub: LiveSocket | undefined;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    void this.#look();
  }

  /** Looks now, whatever the wait was for. */
  lookNow(): void {
    clearTimeout(this.#timer);
    void this.#look();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#hub?.close();
  }

  async #look(): Promise<void> {
    if (this.#isClosed) return;
    const { origin, token } = this.#options;
    let isHub = true;
    let answer = await askAdmin(origin, token, { method: 'GET', path: '/processes' });
    if (answer.kind === 'refused' && answer.status === 404) {
      isHub = false;
      answer = await askAdmin(origin, token, { method: 'GET', path: '/process' });
    }
    if (this.#isClosed) return;
    const processes = processesIn(answer);
    if (processes === undefined) this.#failed(answer);
    else this.#found(processes, { origin, token, isHub });
  }

  #found(processes: readonly ProcessFacts[], reach: Reach): void {
    this.#failures = 0;
    this.#options.onState('open');
    this.#options.onList(processes, reach);
    if (reach.isHub) this.#hub ??= this.#listen(reach);
    this.#lookIn(lookAgainMs);
  }

  #listen(reach: Reach): LiveSocket {
    return new LiveSocket({
      connect: () => this.#options.openSocket(reach, '/hub'),
      onOpen: () => {},
      onText: (text) => {
        const processes = processesIn({ kind: 'answered', body: JSON.parse(text) });
        if (processes !== undefined) this.#options.onList(processes, reach);
      },
      // Whoever takes the place of a hub may be one or not.
      onLost: () => {
        this.#hub?.close();
        this.#hub = undefined;
        this.#lookIn(waitMs(1, Math.random()));
      },
    });
  }

  #failed(answer: AdminAnswer): void {
    if (answer.kind === 'refused' && answer.status === 401) {
      this.#options.onState('unauthorised');
      this.close();
      return;
    }
    this.#failures += 1;
    this.#options.onState('lost');
    this.#lookIn(waitMs(this.#failures, Math.random()));
  }

  #lookIn(waitedMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), waitedMs);
  }
}

/** Of a hub's list, or of the facts of one process. */
export function processesIn(answer: AdminAnswer): readonly ProcessFacts[] | undefined {
  if (answer.kind !== 'answered' || typeof answer.body !== 'object' || answer.body === null) return undefined;
  const body = answer.body as Readonly<Record<string, unknown>>;
  if (Array.isArray(body['processes'])) return body['processes'].filter(isFacts);
  return isFacts(body) ? [body] : undefined;
}

function isFacts(value: unknown): value is ProcessFacts {
  return typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number';
}
