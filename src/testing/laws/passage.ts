/** What passes through a proxy passes once and in its order. */

import { seqOf } from '../play/marks.ts';
import type { Received } from '../play/history.ts';
import type { Reading } from './reading.ts';
import { law } from './verdict.ts';

export const order = law(
  {
    id: 'order',
    text: 'Requests and notifications of one connection arrive at another in the order in which they were sent.',
    source: '2025-11-25, basic/transports, stdio: one stream each way',
    of: ['proxy'],
    // Each POST of HTTP goes its own way, and so does each of its streams.
    appliesTo: ({ isHttp, hasHttpServers = false }) => !isHttp && !hasHttpServers,
  },
  (reading, verdict) => {
    const last = new Map<string, number>();
    for (const { event, said, mark } of passed(reading)) {
      const way = `${said.connection} ${event.connection}`;
      const before = last.get(way);
      if (before !== undefined) verdict.tried();
      if (before !== undefined && mark < before) {
        verdict.broken('What was sent first arrived last', mark, before, event.seq);
      }
      last.set(way, Math.max(mark, before ?? mark));
    }
  },
);

export const deliveredOnce = law(
  {
    id: 'delivered-once',
    text: 'What was sent once arrives once.',
    source: '2025-11-25, basic/transports: the server must send each message on one stream alone',
    of: ['proxy'],
  },
  (reading, verdict) => {
    const arrivals = new Map<string, number>();
    for (const { event, mark } of passed(reading)) {
      verdict.tried();
      if (reading.duplicated.has(mark)) continue;
      const way = `${mark} ${event.connection}`;
      const before = arrivals.get(way);
      if (before === undefined) arrivals.set(way, event.seq);
      else verdict.broken(`${event.message.method} was sent once and arrived twice`, mark, before, event.seq);
    }
  },
);

interface Passed {
  readonly event: Received;
  readonly said: { readonly connection: number };
  readonly mark: number;
}

/** Requests and notifications of ours that came out elsewhere. Progress is as it comes. */
function* passed({ received, sentAt }: Reading): Iterable<Passed> {
  for (const event of received) {
    if (event.message.method === undefined) continue;
    const mark = seqOf(event.message);
    const said = mark === undefined ? undefined : sentAt(mark);
    if (mark !== undefined && said !== undefined && said.connection !== event.connection) yield { event, said, mark };
  }
}
