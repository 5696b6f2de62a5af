/**
 * Which capability a request needs of its answerer, and whether that has announced it in the handshake (2025-11-25, basic/lifecycle:
 * only what was negotiated may be used). For people: nobody refuses a request because of it.
 */

import { readInitializeParams } from '../protocol/bodies.ts';
import type { Direction } from '../protocol/envelope.ts';
import type { SessionFacts } from '../session/facts.ts';

/** By the beginnings of methods. */
const needed: Readonly<Record<Direction, readonly (readonly [beginning: string, capability: string])[]>> = {
  'client-to-server': [
    ['tools/', 'tools'],
    ['prompts/', 'prompts'],
    ['resources/', 'resources'],
    ['logging/', 'logging'],
    ['completion/', 'completions'],
  ],
  'server-to-client': [
    ['sampling/', 'sampling'],
    ['elicitation/', 'elicitation'],
    ['roots/', 'roots'],
  ],
};

/** The first revision did not have it, and had the method that needs it. */
const sinceMarch2025 = 'completions';
const firstRevision = '2024-11-05';

/** The capability that is needed and was not announced; undefined where there was no handshake, or nothing is missing. */
export function missingCapability(method: string, direction: Direction, facts: SessionFacts): string | undefined {
  const [, capability] = needed[direction].find(([beginning]) => method.startsWith(beginning)) ?? [];
  if (capability === undefined || facts.protocolVersion === undefined) return undefined;
  if (capability === sinceMarch2025 && facts.protocolVersion === firstRevision) return undefined;
  const announced = direction === 'client-to-server' ? ofServer(facts) : ofClient(facts);
  return announced === undefined || Object.hasOwn(announced, capability) ? undefined : capability;
}

function ofServer({ serverCapabilities }: SessionFacts): object | undefined {
  return serverCapabilities === undefined ? undefined : (JSON.parse(serverCapabilities) as object);
}

function ofClient({ initialize }: SessionFacts): object | undefined {
  return initialize === undefined ? undefined : readInitializeParams(initialize.bytes)?.capabilities;
}
