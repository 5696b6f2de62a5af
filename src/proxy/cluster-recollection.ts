/**
 * What a session of a cluster leaves behind for the node that opens it again, as text that only whoever knows the session's id can
 * read: the key is made of the id, and the engine knows no more than the id's digest. Whose it was, what its peers agreed on, and
 * what its server calls it are in it.
 */

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

import { isJsonObject } from '../protocol/derive.ts';
import type { Recollection } from '../runtime/handover.ts';
import { factsFromJson, factsToJson } from '../session/facts-json.ts';

/** A session as another node is to find it. */
export interface Remains {
  /** Of the front that had it: its sessions are no other's. */
  readonly place: string;
  /** How often it was opened again. */
  readonly life: number;
  readonly recollection: Recollection;
}

const version = 1;
const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export function sealRemains(sessionId: string, { place, life, recollection }: Remains): string {
  const { principal, route, claims, facts, labels, serverSession } = recollection;
  const said = { version, place, life, principal, route, claims, facts: factsToJson(facts), labels, serverSession };
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, keyOf(sessionId), nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(said), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Undefined: it is of another session, damaged, or of another release. */
export function openRemains(sessionId: string, text: string): Remains | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, keyOf(sessionId), bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    const opened = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
    return readRemains(JSON.parse(opened.toString('utf8')));
  } catch {
    return undefined;
  }
}

function keyOf(sessionId: string): Buffer {
  return Buffer.from(hkdfSync('sha256', sessionId, '', 'ninelives: what a session leaves behind', keyBytes));
}

/** Whoever sealed it is one of us: what is looked at is whether it is of this release. */
function readRemains(json: unknown): Remains | undefined {
  if (!isJsonObject(json) || json['version'] !== version) return undefined;
  const { place, life, principal, route, claims, labels, serverSession } = json as unknown as Remains & Recollection;
  const facts = factsFromJson(json['facts']);
  if (facts === undefined) return undefined;
  return { place, life, recollection: { principal, route, claims, facts, labels, serverSession } };
}
