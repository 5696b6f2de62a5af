/**
 * Checks what a session is asked to be opened with, as far as a mistake there would show late and elsewhere. Says what is wrong
 * in the embedder's own words: the names of the options.
 */

import { LocalError } from '../local-error.ts';
import { transportTypes } from '../session/transport-types.ts';
import type { OpenOptions } from './api.ts';

const linkMethods = ['write', 'pause', 'close'];
const exchangeLinkMethods = ['deliver', 'settled', 'pause', 'close'];
const connectorMethods = ['connect'];

/** @throws LocalError INVALID_OPTION, which names the option and what is allowed. */
export function checkOpen({ transportType, client, server }: OpenOptions): void {
  if (!transportTypes.includes(transportType)) {
    const allowed = transportTypes.join(', ');
    throw new LocalError('INVALID_OPTION', `transportType is ${transportType}; allowed are ${allowed}.`);
  }
  if (!hasMethods(client, linkMethods) && !hasMethods(client, exchangeLinkMethods)) {
    throw new LocalError('INVALID_OPTION', 'client is no link: it needs write, pause and close.');
  }
  if (!hasMethods(server, linkMethods) && !hasMethods(server, connectorMethods)) {
    throw new LocalError(
      'INVALID_OPTION',
      'server is no link and no connector: it needs write, pause and close, or connect.',
    );
  }
}

/** @throws LocalError INVALID_OPTION when the id is no text, or another open session has it. */
export function checkSessionId(id: unknown, isTaken: (id: string) => boolean): void {
  if (typeof id !== 'string' || id === '') {
    throw new LocalError('INVALID_OPTION', 'ids.sessionId() gave no text.');
  }
  if (isTaken(id)) throw new LocalError('INVALID_OPTION', 'ids.sessionId() gave the id of a session that is open.');
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  for (const name of names) if (typeof Reflect.get(value, name) !== 'function') return false;
  return true;
}
