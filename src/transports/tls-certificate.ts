/**
 * The certificate that a server shows, and another one in its place while it listens. Connections that are open keep theirs. Does not
 * know where certificates come from.
 */

import { Server as TlsServer } from 'node:https';
import { createSecureContext } from 'node:tls';

import { messageOf } from '../reasons.ts';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What is wrong with it, as a sentence: it cannot be read, or the key is not the certificate's. */
export function certificateProblem({ cert, key }: Certificate): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Shown to who connects from now on. Returns what is wrong with it; then the server goes on with the one that it has. */
export function renewCertificate(server: object, { cert, key }: Certificate): string | undefined {
  if (!(server instanceof TlsServer)) return 'there is no certificate in use here';
  const problem = certificateProblem({ cert, key });
  if (problem === undefined) server.setSecureContext({ cert, key });
  return problem;
}
