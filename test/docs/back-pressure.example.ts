/** A source that cannot be paused, read no faster than the session takes it, as docs/guides/hooks.md shows it. */

import type { RuntimeSession } from '../../src/index.ts';

/** A queue of messages, of which the next is asked for when there is room for it. */
export async function feed(session: RuntimeSession, messages: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const message of messages) {
    session.client.receive(message);
    await session.client.ready();
  }
  session.client.closed(false);
}
