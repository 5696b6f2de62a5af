/** What an event was, in words: for its title and its list of facts. */

import type { Direction } from '../../../protocol/envelope.ts';
import type { TracedEvent } from '../../feed-messages.ts';
import { spokenBytes, spokenId, spokenMs } from '../session/spoken.ts';

export type Fact = readonly [name: string, value: string];

export function titleOf({ event, frame, detail }: TracedEvent): string {
  if (frame === undefined) return detail === undefined ? event : `${event}: ${detail}`;
  const about = [frame.method, frame.name].filter((word) => word !== undefined && word !== '').join(' ');
  return about === '' ? frame.kind : `${frame.kind} ${about}`;
}

export function spokenDirection(direction: Direction): string {
  return direction === 'client-to-server' ? 'client → server' : 'server → client';
}

/** The envelope and what the chart made of it. @param epochOffset makes milliseconds since 1970 of the event's time. */
export function factsOf(event: TracedEvent, epochOffset: number): readonly Fact[] {
  const { frame } = event;
  const facts: Fact[] = [
    ['event', `${event.event} · ${event.seq}`],
    ['at', new Date(event.at + epochOffset).toISOString().replace('T', ' ').replace('Z', ' UTC')],
    ['state', event.from === event.to ? event.to : `${event.from} → ${event.to}`],
  ];
  if (event.decision !== 'committed') facts.push(['decision', event.decision]);
  if (frame !== undefined) {
    facts.push(['direction', spokenDirection(frame.direction)]);
    if (frame.id !== undefined) facts.push(['id', spokenId(frame.id)]);
    if (frame.about !== undefined) facts.push(['about', spokenId(frame.about)]);
    if (frame.parent !== undefined) facts.push(['asked during', spokenId(frame.parent)]);
    if (frame.progressToken !== undefined) facts.push(['progress token', JSON.stringify(frame.progressToken)]);
    facts.push(['size', `${spokenBytes(frame.bytes)}${frame.isError === true ? ', an error' : ''}`]);
  }
  if (event.detail !== undefined) facts.push(['detail', event.detail]);
  return facts;
}

/** What followed from it, one line each. */
export function consequencesOf({ settled = [], sent = [] }: TracedEvent): readonly string[] {
  return [
    ...sent.map(
      ({ kind, direction, bytes, isOwn }) =>
        `${isOwn ? 'our own ' : ''}${kind} left, ${spokenDirection(direction)}, ${spokenBytes(bytes)}`,
    ),
    ...settled.map(
      ({ method, id, outcome, elapsedMs }) =>
        `${method} ${spokenId(id)} ended: ${outcome}, after ${spokenMs(elapsedMs)}`,
    ),
  ];
}
