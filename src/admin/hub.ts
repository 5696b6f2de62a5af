/**
 * One page for all processes of a machine: lists them, and leads what is asked about one of them to it. Whoever has the token of the hub
 * may ask each of them whatever its own token lets ask; no process learns the hub's token, and no page the token of a process.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { ProcessList } from '../observe/hub-messages.ts';
import type { Clock } from '../ports.ts';
import { answer, refuse } from './answers.ts';
import { type HubProcess, HubProcesses } from './hub-processes.ts';
import { type Relayed, relayRequest, relayUpgrade } from './hub-relay.ts';
import { HubViewers } from './hub-viewers.ts';
import { HubVisits } from './hub-visits.ts';
import type { ApiAnswer } from './operation.ts';
import type { Problem } from './problems.ts';
import { TokenCheck } from './token.ts';
import { refuseUpgrade } from './upgrades.ts';

export interface HubOptions {
  readonly token: string;
  /** Of the run files; without it there is the process that this is in, and no other. */
  readonly folder?: string;
  /** The process that this is in, which is there also where it could leave no word; undefined where it is the hub and nothing else. */
  readonly own: () => HubProcess | undefined;
  /** How long a process that is asked may say nothing. Default 15 s. */
  readonly silenceMs?: number;
  readonly clock: Clock;
}

export class Hub {
  readonly token: string;
  readonly processes: HubProcesses;
  readonly #check: TokenCheck;
  readonly #viewers: HubViewers;
  readonly #visits: HubVisits;
  readonly #silenceMs: number;

  constructor({ token, silenceMs = 15_000, ...processes }: HubOptions) {
    this.#silenceMs = silenceMs;
    this.#visits = new HubVisits(processes.clock);
    this.token = token;
    this.#check = new TokenCheck(token);
    this.processes = new HubProcesses(processes);
    this.#viewers = new HubViewers(this.processes);
  }

  /** @param shown the bare token; undefined where none is shown. */
  isToken(shown: string | undefined): boolean {
    return this.#check.is(shown);
  }

  /** @param request for a path that `isOfHub`, with the token. Never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '' } = request;
    const place = placeIn(url);
    if (place === undefined) {
      answer(response, await this.#answerOf(request.method, pathOf(url)));
      return;
    }
    const found = await this.processes.find(place.pid);
    if (found === undefined) refuse(response, noProcess);
    else relayRequest(request, response, this.#wayTo(found, place.path));
  }

  /** @param request for a path that `isOfHub`, with the token. Never rejects. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { url = '' } = request;
    if (pathOf(url) === '/hub') {
      this.#viewers.accept(request, socket, head);
      return;
    }
    const place = placeIn(url);
    const found = place === undefined ? undefined : await this.processes.find(place.pid);
    if (socket.destroyed) return;
    if (place === undefined) refuseUpgrade(socket, { problem: 'NOT_FOUND' });
    else if (found === undefined) refuseUpgrade(socket, noProcess);
    else relayUpgrade(request, socket, head, this.#wayTo(found, place.path));
  }

  close(): void {
    this.#viewers.close();
    this.processes.close();
  }

  /** The path of an address that is good once, for a browser. */
  invite(): string {
    return this.#visits.invite();
  }

  /** Leads a browser that comes without a token to the page. False, and nothing is answered, where it was not invited. */
  receive(request: IncomingMessage, response: ServerResponse): boolean {
    return this.#visits.receive(request, response, this.token);
  }

  async #answerOf(method: string | undefined, path: string): Promise<ApiAnswer> {
    const operation = hubOperations.find((each) => each.path === path);
    if (operation === undefined) return { problem: 'NOT_FOUND' };
    if (method !== operation.method) return { problem: 'METHOD_NOT_ALLOWED', allows: [operation.method] };
    switch (operation.name) {
      case 'listProcesses': {
        const processes = await this.processes.list();
        const list: ProcessList = { processes: processes.map(({ facts }) => facts) };
        return { status: 200, body: list };
      }
      case 'inviteVisit':
        return { status: 200, body: { path: this.invite() } };
    }
  }

  #wayTo({ file }: HubProcess, path: string): Relayed {
    return { file, path, silenceMs: this.#silenceMs, suspect: () => this.processes.suspect() };
  }
}

/** What the hub answers itself. */
export const hubOperations = [
  { name: 'listProcesses', method: 'GET', path: '/processes' },
  { name: 'inviteVisit', method: 'POST', path: '/hub/visits' },
] as const;

export type HubOperationName = (typeof hubOperations)[number]['name'];

const noProcess: Problem = { problem: 'NO_SUCH_PROCESS' };

/** Whether the hub, and no other part of the listener, is asked here. */
export function isOfHub({ url = '' }: Pick<IncomingMessage, 'url'>): boolean {
  return /^\/(?:hub|processes)(?:[/?]|$)/.test(url);
}

/** Whether a foreign wire of a process is asked for, whose viewers can show the token in the query alone. */
export function wireBehind({ url = '' }: Pick<IncomingMessage, 'url'>): { readonly takesTokenInQuery: boolean } {
  return { takesTokenInQuery: placeIn(url)?.path.startsWith('/inspect/wire/') === true };
}

function pathOf(url: string): string {
  return /^[^?]*/.exec(url)![0];
}

/** `/processes/PID/...`: the process, and what it is asked. */
function placeIn(url: string): { readonly pid: number; readonly path: string } | undefined {
  const [, pid, path] = /^\/processes\/(\d{1,10})(\/.*)$/s.exec(url) ?? [];
  return pid === undefined || path === undefined ? undefined : { pid: Number(pid), path };
}
