/** Our own runtime as the code under test: links of a play on the one side, its ports on the other. */
import type { PeerLink, UpstreamConnector, UpstreamEvents, UpstreamLink } from '../../src/ports.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Limits } from '../../src/session/limits.ts';
import type { Link } from '../../src/testing/in-process/link.ts';
import type { UnderTest, World } from '../../src/testing/in-process/target.ts';
import type { WireMessage } from '../../src/testing/play/history.ts';

const gone = { reason: 'exited', exitCode: 0, signal: null, lastStderr: [] } as const;

const bytesOf = (message: WireMessage): Uint8Array => encodeText(JSON.stringify(message));
const messageOf = (parts: readonly Uint8Array[]): WireMessage =>
  JSON.parse(parts.map((part) => decodeText(part)).join('')) as WireMessage;

function linkTo(link: Link): PeerLink {
  return {
    write: (parts) => {
      void link.send(messageOf(parts));
      return true;
    },
    pause: () => undefined,
    close: () => void link.close(),
  };
}

/** A server is there as soon as its link is. */
function connectorOf({ openServer }: World): UpstreamConnector {
  const connect = (events: UpstreamEvents): UpstreamLink => {
    const link = openServer();
    link.onmessage = (message) => events.message(bytesOf(message));
    link.onclose = () => events.lost(gone);
    queueMicrotask(() => events.ready());
    const close = (): void => {
      void link.close();
      queueMicrotask(() => events.lost(gone));
    };
    return { ...linkTo(link), close, closeInput: () => undefined };
  };
  return { connect };
}

export function ownRuntime(world: World, limits: Partial<Limits> = {}): UnderTest {
  let sessions = 0;
  const ids = { sessionId: () => `s${++sessions}` };
  const runtime = createRuntime({ clock: world.clock, limits, ids, checksInvariants: true });
  return {
    accept: (link, as) => {
      const server = connectorOf(world);
      const opened = runtime.open({ transportType: 'in-memory', ...as, client: linkTo(link), server });
      if ('refusal' in opened) return void link.close();
      const { client } = opened.session;
      link.onmessage = (message) => void client.receive(bytesOf(message));
      link.onclose = () => client.closed(true);
    },
    held: () => {
      const { sessions: open, upstreams, timers, pending, held, drift } = runtime.audit();
      return { sessions: open, upstreams, timers, pending, held, drift: drift.length };
    },
    visited: () => runtime.totals().transitions.map(({ from, to }) => `${from} -> ${to}`),
    stop: () => runtime.stop(),
  };
}
