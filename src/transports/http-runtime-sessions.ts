/** How an HTTP front opens its sessions on a runtime, and what becomes of these when it closes. Knows no server. */

import { refusal } from '../errors.ts';
import type { Log, UpstreamConnector } from '../ports.ts';
import type { Frame } from '../protocol/envelope.ts';
import type { OpenOptions, OpenResult, Runtime, RuntimeSession } from '../runtime/api.ts';
import { handoverOf } from '../runtime/handover.ts';
import type { ReservedIds } from '../runtime/reserved-ids.ts';
import type { SessionMethod, Tracer } from '../runtime/tracer.ts';
import type { EndReason } from '../session/outcomes.ts';
import type { HttpSessions, SessionAsked } from './http-front-options.ts';

/** A way to a server, for one session. */
export interface ServerOfSession extends Pick<OpenOptions, 'restart'> {
  readonly connector: UpstreamConnector;
  /** The session is over and its server gone. */
  release?(): void;
}

export interface RuntimeSessionsOptions {
  readonly runtime: Runtime;
  readonly log: Log;
  readonly transportType?: OpenOptions['transportType'];
  readonly server: (asked: SessionAsked) => ServerOfSession;
  /** Sees what found no session. */
  readonly tracer?: Pick<Tracer, 'unplaced'> | undefined;
  /** The ids of the runtime's sessions, where other nodes have a say in them. */
  readonly ids?: ReservedIds | undefined;
  /** A session is over. */
  readonly onOver?: ((sessionId: string, reason: EndReason) => void) | undefined;
}

export class RuntimeSessions implements HttpSessions {
  readonly #options: RuntimeSessionsOptions;
  readonly #open = new Set<RuntimeSession>();
  #isDraining = false;
  #noneIsOpen = (): void => {};

  constructor(options: RuntimeSessionsOptions) {
    this.#options = options;
  }

  open(asked: SessionAsked): OpenResult {
    const { log } = this.#options;
    if (this.#isDraining) return { refusal: refusal('DRAINING', { executed: 'no' }) };
    try {
      return this.#openFor(asked, this.#options.server(asked));
    } catch (error) {
      log.error({ error }, 'a session could not be opened');
      return { refusal: refusal('INTERCEPTOR_FAILED', { part: 'server' }) };
    }
  }

  strayed(sessionId: string, said: Frame | SessionMethod): void {
    const { tracer, log, runtime } = this.#options;
    try {
      tracer?.unplaced?.({ type: 'unknown', sessionId, at: runtime.clock.now(), said });
    } catch (error) {
      log.error({ error }, 'a tracer threw');
    }
  }

  /** Opens no further ones. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Ends all that it has opened. Resolves when none is left. */
  async close(): Promise<void> {
    this.#isDraining = true;
    if (this.#open.size === 0) return;
    const closed = new Promise<void>((resolve) => {
      this.#noneIsOpen = resolve;
    });
    for (const session of this.#open) session.close();
    await closed;
  }

  #openFor({ kind, visitor, client, sessionId, recollection }: SessionAsked, behind: ServerOfSession): OpenResult {
    const { runtime, log, transportType = 'http', ids, onOver } = this.#options;
    const { principal, route, claims } = visitor;
    const { restart, connector } = behind;
    const serverSession = recollection?.serverSession;
    let session: RuntimeSession | undefined = undefined;
    let hasEnded = false;
    const asked: OpenOptions = {
      transportType,
      client,
      server: serverSession === undefined ? connector : (connector.goingOn?.(serverSession) ?? connector),
      ...(restart === undefined ? {} : { restart }),
      ...(principal === undefined ? {} : { principal }),
      ...(route === undefined ? {} : { route }),
      ...(claims === undefined ? {} : { claims }),
      onEnded: (reason) => {
        hasEnded = true;
        log.info({ session: session?.id, reason }, 'session ended');
        if (session !== undefined) this.#open.delete(session);
        if (sessionId !== undefined) onOver?.(sessionId, reason);
        if (this.#open.size === 0) this.#noneIsOpen();
      },
      onServerStopped: () => behind.release?.(),
    };
    const open = (): OpenResult =>
      recollection === undefined ? runtime.open(asked) : handoverOf(runtime)!.reopen(asked, recollection);
    const opened = ids === undefined ? open() : ids.opening(sessionId, open);
    if ('refusal' in opened) {
      behind.release?.();
      log.warn({ code: opened.refusal.code, ...opened.refusal.data }, 'a session was refused');
      return opened;
    }
    session = opened.session;
    // Its server may have been lost before anything was asked of it.
    if (!hasEnded) this.#open.add(session);
    log.info({ session: session.id, kind }, recollection === undefined ? 'session opened' : 'session opened again');
    return opened;
  }
}
