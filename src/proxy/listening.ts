/** What the forwards that listen have in common: what they are told, what they are to whoever started them, and their address. */

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Tracing } from '../observe/spans.ts';
import type { Clock, Log } from '../ports.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { Runtime, RuntimeOptions } from '../runtime/api.ts';
import type { Observer } from '../runtime/observation.ts';
import type { Tracer } from '../runtime/tracer.ts';
import type { Limits, Times } from '../session/limits.ts';
import type { Profile } from '../session/profiles.ts';
import type { DoorOptions } from '../transports/door.ts';
import type { FrontTuning } from '../transports/http-front-options.ts';
import type { Certificate } from '../transports/tls-certificate.ts';
import type { Backend } from './backend.ts';
import type { ClusterSeat } from './cluster-seat.ts';
import type { Guard } from './guard.ts';

export interface ListenOptions {
  /** The address to listen on; the port 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  /** Where MCP is served. */
  readonly path: string;
  readonly door?: Omit<DoorOptions, 'listenHost'>;
  /** Certificate and key as PEM texts: then the front speaks TLS. */
  readonly tls?: Certificate;
}

export interface ListeningOptions {
  readonly backend: Backend;
  readonly listen: ListenOptions;
  /** Its connections and streams. */
  readonly front?: FrontTuning;
  /** Who may come in; anybody whom the door lets in unless told. It is closed with the forward. */
  readonly guard?: Guard;
  /** Other nodes that serve the same sessions. It is left with the forward. */
  readonly cluster?: ClusterSeat;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  readonly times?: Partial<Times>;
  readonly profile?: Profile;
  readonly checksInvariants?: boolean;
  readonly observer?: Observer;
  /** What is done to frames on their way. */
  readonly rules?: RuleEngine;
  /** Makes spans of requests and sessions. */
  readonly tracing?: Tracing;
  /** Sees every event of every session. */
  readonly tracer?: Tracer;
}

export interface ListeningForward {
  readonly runtime: Runtime;
  readonly url: string;
  /** Another certificate for who connects from now on. Returns what is wrong with it; then the present one stays. */
  renewCertificate(certificate: Certificate): string | undefined;
  /** Takes no new sessions and no new requests; resolves when what was under way has ended, or at the drain deadline. */
  drain(): Promise<void>;
  /** Ends everything now. Resolves when nothing of it is left. */
  close(): Promise<void>;
}

/** A forward that could not listen: the address is in use, or not ours. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** @throws ListenError with a sentence that says what to do. */
export async function listenOn(server: Server, { host, port }: ListenOptions): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(new ListenError(listenProblem(error, host, port)));
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('A server on a port has an address');
  return address;
}

export function listenProblem({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is in use: say another with --listen HOST:PORT, or --listen ${host}:0 for a free one`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine: say --listen 127.0.0.1:${port}`;
    case 'EACCES':
      return `port ${port} may not be opened by this user: say one above 1023 with --listen`;
    case undefined:
    default:
      return `cannot listen on ${host}:${port}: ${message}`;
  }
}

/** An IPv6 address stands in brackets in a URL. */
export function urlOf(scheme: string, { address, port, family }: AddressInfo, path: string): string {
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}${path}`;
}

export function runtimeOptionsOf(options: ListeningOptions, limits: Limits): Omit<RuntimeOptions, 'ids'> {
  const { clock, log, times, profile, rules, tracing, checksInvariants } = options;
  const interceptors = tracing?.after(rules) ?? rules;
  return {
    clock,
    log,
    limits,
    ...(times === undefined ? {} : { times }),
    ...(profile === undefined ? {} : { profile }),
    ...(interceptors === undefined ? {} : { interceptors }),
    ...(checksInvariants === undefined ? {} : { checksInvariants }),
  };
}
