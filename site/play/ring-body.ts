/** The message of an event in a ring, as text. What is to be hidden is hidden on a tape already, or was said in this page. */

import { bringerOf } from '../../src/observe/traced-event-view.ts';
import type { TraceRing } from '../../src/observe/trace-ring.ts';
import { decodeText } from '../../src/protocol/text.ts';

/** @param seq of the event. Undefined: it has no message, or none is kept. */
export function ringBody(ring: TraceRing, seq: number): string | undefined {
  const place = ring.event(seq);
  const event = place === undefined ? undefined : bringerOf(place, ring)?.event;
  if (event === undefined || typeof event === 'string' || !('frame' in event)) return undefined;
  return decodeText(event.frame.bytes);
}
