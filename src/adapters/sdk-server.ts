/** Servers of an SDK in this process as upstreams: one for each session, made anew when one is lost. */

import type { UpstreamConnector, UpstreamEvents, UpstreamLink } from '../ports.ts';
import type { Departure } from '../session/upstream.ts';
import { SdkPort } from './sdk-port.ts';
import { asError } from './thrown.ts';
import type { SdkServer } from './sdk-shape.ts';

/**
 * An upstream for `openSession` or a front: each session gets a server of its own from `factory`, and another one when that
 * closes and may be started again. A factory that throws, or a server that does not connect, is a server that could not be
 * reached: the session ends, and its client reads why.
 *
 * ```ts
 * const server = sdkServer(() => new McpServer({ name: 'echo', version: '1.0.0' }));
 * return openSession(runtime, { client: sdkTransport(fromClient), server }).id;
 * ```
 */
export function sdkServer(factory: () => SdkServer | Promise<SdkServer>): UpstreamConnector {
  return { connect: (events) => new ServedInProcess(factory, events).link };
}

/** One server, from its making to its end. */
class ServedInProcess {
  readonly link: UpstreamLink;
  readonly #events: UpstreamEvents;
  readonly #port: SdkPort;
  #server: SdkServer | undefined;
  #isClosing = false;
  #isLost = false;

  constructor(factory: () => SdkServer | Promise<SdkServer>, events: UpstreamEvents) {
    this.#events = events;
    this.#port = new SdkPort(() => ({
      transport: undefined,
      open: () => Promise.resolve(),
      closed: () => Promise.resolve(),
    }));
    const { adapter } = this.#port;
    adapter.start({
      message: (bytes) => events.message(bytes),
      value: (message, aside, related) => events.value?.(message, aside, related),
      unreadable: (fault, bytes) => events.unreadable(fault, bytes),
      drained: () => events.drained(),
      failed: (about, failure) => events.failed(about, failure),
      ended: () => this.#lost('closed'),
      closed: () => this.#lost('closed'),
    });
    this.link = {
      write: (message, about) => adapter.link.write(message, about),
      writeValue: (message, about) => adapter.link.writeValue?.(message, about) === true,
      pause: (isPaused) => adapter.link.pause(isPaused),
      // A server in this process reads no end of input: it is closed when the session ends.
      closeInput: () => {},
      close: () => void this.#close(),
    };
    void this.#connect(factory);
  }

  async #connect(factory: () => SdkServer | Promise<SdkServer>): Promise<void> {
    try {
      const server = await factory();
      this.#server = server;
      if (this.#isClosing) {
        await server.close();
        return;
      }
      await server.connect(this.#port);
      this.#events.ready();
    } catch (error) {
      this.#lost('unreachable', error);
    }
  }

  async #close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    try {
      await this.#server?.close();
    } catch {
      // It is let go all the same.
    }
    this.#port.adapter.link.close('the session ended');
    this.#lost('closed');
  }

  #lost(reason: Departure['reason'], error?: unknown): void {
    if (this.#isLost) return;
    this.#isLost = true;
    const detail = error === undefined ? {} : { detail: asError(error).message };
    this.#events.lost({ reason, exitCode: null, signal: null, lastStderr: [], ...detail });
  }
}
