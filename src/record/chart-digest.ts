/** Which chart wrote a tape: a digest of what it takes and where it goes, and not of what its actions are made of. */

import { createHash } from 'node:crypto';
import { sessionMachine } from '../../machines/session.ts';

export function chartDigest(): string {
  return createHash('sha256').update(JSON.stringify(sessionMachine.config)).digest('hex').slice(0, 16);
}
