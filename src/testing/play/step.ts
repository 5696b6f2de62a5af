/**
 * A play: what clients, servers, network, processes and time do, one step after the other, as data. A step names what it is about
 * by its place among what is there when its turn comes (modulo how many there are), and a step that is about nothing does nothing:
 * so any play can be shortened by leaving steps out, be printed, kept and played again. Types alone.
 */

import type { RequestId } from '../../protocol/envelope.ts';

/** The place among what is there; taken modulo its number. */
export type Nth = number;

/** How a request has its id: the next of its connection, as a number or a text, or that of a request before, counted back from the last. */
export type IdChoice = 'next' | 'next-as-text' | { readonly sameAs: Nth } | { readonly value: RequestId };

export type Step =
  // Clients. `initialize`: of those that have not begun their handshake; `request` and `cancel` of the others.
  | { readonly do: 'connect'; readonly principal?: number }
  | { readonly do: 'initialize'; readonly client: Nth }
  | {
      readonly do: 'request';
      readonly client: Nth;
      readonly method: string;
      readonly params?: Readonly<Record<string, unknown>>;
      readonly id: IdChoice;
      readonly wantsProgress?: true;
    }
  | { readonly do: 'notify'; readonly client: Nth; readonly method: string }
  | { readonly do: 'cancel'; readonly client: Nth; readonly request: Nth }
  | { readonly do: 'reply'; readonly client: Nth; readonly request: Nth; readonly with: 'result' | 'error' }
  | { readonly do: 'say-garbage'; readonly client: Nth; readonly text: string }
  | { readonly do: 'disconnect'; readonly client: Nth; readonly isCut: boolean }
  // Our server behind a proxy, or in front of a client.
  | { readonly do: 'answer'; readonly request: Nth; readonly with: 'result' | 'error'; readonly isTwice?: true }
  | { readonly do: 'progress'; readonly request: Nth }
  | { readonly do: 'ask'; readonly request: Nth; readonly method: string; readonly id: IdChoice }
  | { readonly do: 'announce'; readonly server: Nth; readonly method: string }
  | { readonly do: 'end-server'; readonly server: Nth }
  // Network, processes, time.
  | {
      readonly do: 'network';
      readonly connection: Nth;
      readonly next: 'split' | 'delay' | 'duplicate' | 'drop' | 'stop-reading' | 'resume-reading';
    }
  | { readonly do: 'kill'; readonly which: 'target' | 'server' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'settle' }
  // A rule of the author of the thing under test, by its name.
  | { readonly do: 'rule'; readonly name: string; readonly value: unknown };

export type Play = readonly Step[];
