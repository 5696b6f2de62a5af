/**
 * The sessions of one endpoint, and whose they are. A session belongs to who opened it: to everybody else there is none (P20).
 */

import type { HttpVisitor } from './http-front-options.ts';
import type { HttpSession } from './http-session.ts';

export class SessionTable {
  /** Those of clients that shook hands. */
  readonly #byId = new Map<string, HttpSession>();
  /** Logical ones by revision, and by their visitor's key. */
  readonly #byRevision = new Map<string, Map<string, HttpSession>>();

  /** The session that a request names. */
  named(sessionId: string | undefined, visitor: HttpVisitor): HttpSession | undefined {
    const session = sessionId === undefined ? undefined : this.#byId.get(sessionId);
    if (session === undefined) return undefined;
    const { principal, route } = session.visitor;
    return principal === visitor.principal && route === visitor.route ? session : undefined;
  }

  /** The one that a visitor's exchanges of this revision share. */
  logical(revision: string, { key }: HttpVisitor): HttpSession | undefined {
    return this.#byRevision.get(revision)?.get(key);
  }

  add(session: HttpSession): void {
    const { kind, revision, visitor } = session;
    const ofRevision = this.#byRevision.get(revision);
    if (kind === 'legacy') this.#byId.set(session.sessionId, session);
    else if (ofRevision === undefined) this.#byRevision.set(revision, new Map([[visitor.key, session]]));
    else ofRevision.set(visitor.key, session);
  }

  /** Nothing happens when it is not there. */
  remove(session: HttpSession): void {
    const { kind, revision, visitor } = session;
    if (kind === 'legacy') {
      if (session.hasBegun) this.#byId.delete(session.sessionId);
      return;
    }
    const ofRevision = this.#byRevision.get(revision);
    if (ofRevision?.get(visitor.key) !== session) return;
    ofRevision.delete(visitor.key);
    if (ofRevision.size === 0) this.#byRevision.delete(revision);
  }

  /** A list of its own. */
  all(): readonly HttpSession[] {
    return [...this.#byId.values(), ...[...this.#byRevision.values()].flatMap((sessions) => [...sessions.values()])];
  }
}
