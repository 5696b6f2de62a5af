/** Puts a command line of ours together from what a peer's line says: the parts that are the same for every peer. */

import { readPeerWords } from './compat-words.ts';
import type { Peer, PeerFlag, PeerWorld, Plan, Said } from './compat-peer.ts';

/** A plan that is being made. */
export class PlanDraft {
  readonly #words: string[] = [];
  readonly #environment: Record<string, string> = {};
  readonly #remarks: string[] = [];
  readonly #problems: string[] = [];
  #folder: string | undefined;

  say(...words: readonly string[]): void {
    this.#words.push(...words);
  }

  set(variable: string, value: string): void {
    this.#environment[variable] = value;
  }

  goTo(folder: string): void {
    this.#folder = folder;
  }

  remark(text: string): void {
    this.#remarks.push(text);
  }

  refuse(problem: string): void {
    this.#problems.push(problem);
  }

  /** A flag of ours whose value is a number that the peer's line says; nothing where it says none. */
  number(flag: string, { name, text }: { readonly name: string; readonly text: string | undefined }): void {
    if (text === undefined) return;
    if (/^[1-9]\d{0,15}$/.test(text)) this.say(flag, text);
    else this.refuse(`${name} ${text}: this is no whole number above 0`);
  }

  done(): Plan {
    return {
      words: this.#words,
      environment: this.#environment,
      folder: this.#folder,
      remarks: this.#remarks,
      problems: this.#problems,
    };
  }
}

/** A peer's line as it was understood. */
export interface Understood {
  readonly plan: Plan;
  /** The flags that were said, in the order of the table. */
  readonly flags: readonly PeerFlag[];
  readonly isExplained: boolean;
}

/** What is to be run in the place of a peer's command line. Problems of its words come first. */
export function understand(peer: Peer, words: readonly string[], world: PeerWorld): Understood {
  const { said, flags, isExplained, problems } = readPeerWords(peer, words, world.environment);
  const plan = peer.plan(said, world);
  const refused = flags.filter(({ fate }) => fate === 'refused').map(({ name, says }) => `${name}: ${says}`);
  return { plan: { ...plan, problems: [...problems, ...refused, ...plan.problems] }, flags, isExplained };
}

/** The flags whose values are passed on as they are. */
export function passOn(draft: PlanDraft, { flags }: Pick<Peer, 'flags'>, said: Said): void {
  for (const { name, here = '', passes } of flags) {
    const text = said.one(name);
    if (passes === undefined || text === undefined) continue;
    const [ours = ''] = here.split(' ');
    if (passes === 'text') draft.say(ours, text);
    else draft.number(ours, { name, text: passes === 'seconds' ? milliseconds(text) : text });
  }
}

function milliseconds(seconds: string): string {
  const ms = Math.round(Number(seconds) * 1000);
  return Number.isNaN(ms) ? seconds : String(ms);
}

export interface Address {
  /** Undefined: the peer's line says none. */
  readonly host: string | undefined;
  readonly port: string;
  /** Clients have to prove who they are. */
  readonly isGuarded: boolean;
}

/**
 * Where a front listens. Where a peer would listen on every address without being told to, we stay on this machine; where it was told
 * to, somebody has to say for whom.
 */
export function listenOn(draft: PlanDraft, { host, port, isGuarded }: Address): void {
  if (!/^\d{1,5}$/.test(port)) draft.refuse(`--port ${port}: this is no port`);
  const name = host ?? '127.0.0.1';
  draft.say('--listen', `${name.includes(':') ? `[${name.replaceAll(/[[\]]/g, '')}]` : name}:${port}`);
  if (isGuarded || /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/.test(name)) return;
  draft.refuse(
    `--host ${name}: whoever reaches this machine could use the server. Run the line below with '--allow-host NAME' for each name that clients know it by, or with '--auth-token-file FILE'`,
  );
}

/** What a client sends to the server with each request. */
export function sendHeader(draft: PlanDraft, name: string, value: string): void {
  draft.say('--header', `${name}: ${value}`);
}
