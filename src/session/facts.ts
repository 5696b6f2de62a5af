/**
 * What the peers told each other: what a recovery has to repeat (the handshake, the log level, the subscriptions), and what
 * the server announced of itself. Immutable: a unit of work stages a whole new value.
 */

import type { Frame } from '../protocol/envelope.ts';
import { type HeaderParams, noHeaderParams } from '../protocol/header-params.ts';

/** What a server behind a pipe says of itself that its clients over HTTP are held to (see announced.ts). */
export interface Announced {
  /** None until the server has said it, or when it has said more than is kept: then it is asked whatever it is asked. */
  readonly supportedVersions: readonly string[] | undefined;
  readonly headerParams: HeaderParams;
}

export const nothingAnnounced: Announced = { supportedVersions: undefined, headerParams: noHeaderParams };

export interface SessionFacts {
  readonly protocolVersion: string | undefined;
  readonly clientName: string | undefined;
  readonly serverName: string | undefined;
  /** The server's side of the handshake as JSON text; a server that comes back must say the same. */
  readonly serverCapabilities: string | undefined;
  readonly initialize: Frame | undefined;
  readonly initialized: Frame | undefined;
  readonly loggingLevel: Frame | undefined;
  /** `resources/subscribe` requests in force, by URI. */
  readonly subscriptions: ReadonlyMap<string, Frame>;
  readonly announced: Announced;
}

export const noFacts: SessionFacts = {
  protocolVersion: undefined,
  clientName: undefined,
  serverName: undefined,
  serverCapabilities: undefined,
  initialize: undefined,
  initialized: undefined,
  loggingLevel: undefined,
  subscriptions: new Map(),
  announced: nothingAnnounced,
};

/** What a server can do, as text that is the same however its members are ordered. */
export function capabilitiesText(capabilities: object): string {
  return JSON.stringify(capabilities, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
