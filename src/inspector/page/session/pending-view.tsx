/** What waits for an answer: now, with its deadlines counting down, or as it was after an earlier event. */

import type { Direction, RequestId } from '../../../protocol/envelope.ts';
import type { SessionSnapshot } from '../../../session/snapshot.ts';
import type { Exchange } from './exchanges.ts';
import { spokenBytes, spokenId, spokenMs } from './spoken.ts';

/** More are counted, not listed. */
const rowsMax = 100;
/** From here on a deadline is near. */
const nearMs = 5000;

export interface PendingRow {
  readonly key: string;
  readonly id: RequestId | null;
  readonly direction: Direction;
  readonly method: string;
  readonly state: string;
  readonly ageMs: number;
  readonly budget?: string;
  /** `null`: it has none. */
  readonly dueInMs?: number | null;
  readonly dueBy?: string | undefined;
  /** The client's request in whose course the server asked. */
  readonly parent?: RequestId | undefined;
  readonly seq: number | undefined;
}

export interface PendingViewProps {
  readonly rows: readonly PendingRow[];
  readonly held: SessionSnapshot['held'];
  /** The rows tell when their deadlines are. */
  readonly hasDeadlines: boolean;
  readonly openEvent: (seq: number) => void;
}

/** @param elapsedMs since the snapshot was taken. @param waiting the exchanges here that wait, to open one by its row. */
export function rowsNow(
  snapshot: SessionSnapshot,
  elapsedMs: number,
  waiting: readonly Exchange[],
): readonly PendingRow[] {
  return snapshot.pending.map(({ id, direction, method, state, budget, ageMs, dueInMs, dueBy, parent }) => ({
    key: `${direction} ${JSON.stringify(id)}`,
    id,
    direction,
    method,
    state,
    budget,
    ageMs: ageMs + elapsedMs,
    dueInMs: dueInMs === null ? null : dueInMs - elapsedMs,
    dueBy,
    parent,
    seq: waiting.find((exchange) => exchange.id === id && exchange.direction === direction)?.seq,
  }));
}

/** @param at the time of the event after which it was so. */
export function rowsThen(waiting: readonly Exchange[], at: number, seq: number): readonly PendingRow[] {
  return waiting.map((exchange) => ({
    key: String(exchange.seq),
    id: exchange.id,
    direction: exchange.direction,
    method: exchange.method,
    state: exchange.sentSeq === undefined || exchange.sentSeq > seq ? (exchange.isOlder ? 'open' : 'held') : 'open',
    ageMs: at - exchange.openedAt,
    seq: exchange.isOlder ? undefined : exchange.seq,
  }));
}

export function PendingView({ rows, held, hasDeadlines, openEvent }: PendingViewProps) {
  const aside = held.filter(({ kind }) => kind !== 'request');
  return (
    <section class="pending" aria-label="Waiting">
      <h2>
        Waiting <span class="dim">{rows.length === 0 ? 'nothing' : rows.length}</span>
        {held.length > 0 && (
          <a class="held-link" href="#/holds">
            {held.length} held
          </a>
        )}
      </h2>
      {rows.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">id</th>
              <th scope="col">asked by</th>
              <th scope="col">method</th>
              <th scope="col">state</th>
              <th scope="col" class="number">
                age
              </th>
              {hasDeadlines && <th scope="col">deadline</th>}
              {hasDeadlines && (
                <th scope="col" class="wide-only">
                  budget
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, rowsMax).map((row) => (
              <Request key={row.key} row={row} hasDeadlines={hasDeadlines} openEvent={openEvent} />
            ))}
          </tbody>
        </table>
      )}
      {rows.length > rowsMax && <p class="dim">and {rows.length - rowsMax} more</p>}
      {aside.map(({ ticket, kind, method, direction, bytes, isDecided }) => (
        <p key={ticket} class="dim">
          Frame {ticket}, a {kind} {method} from the {senderOf(direction)} ({spokenBytes(bytes)}), is held
          {isDecided ? ' for the frames before it' : ' until it is decided on'}.
        </p>
      ))}
    </section>
  );
}

function Request({
  row,
  hasDeadlines,
  openEvent,
}: { readonly row: PendingRow } & Pick<PendingViewProps, 'hasDeadlines' | 'openEvent'>) {
  const { id, direction, method, state, ageMs, budget, parent, seq } = row;
  return (
    <tr>
      <td class="mono">
        {seq === undefined ? (
          spokenId(id)
        ) : (
          <button
            type="button"
            class="plain as-link"
            onClick={() => openEvent(seq)}
            aria-label={`Open ${spokenId(id)}`}
          >
            {spokenId(id)}
          </button>
        )}
      </td>
      <td class={direction === 'client-to-server' ? 'by-client' : 'by-server'}>{senderOf(direction)}</td>
      <td class="mono">
        {method}
        {parent !== undefined && <span class="dim"> for {spokenId(parent)}</span>}
      </td>
      <td>{state}</td>
      <td class="number">{spokenMs(coarse(ageMs))}</td>
      {hasDeadlines && (
        <td>
          <Deadline row={row} />
        </td>
      )}
      {hasDeadlines && <td class="dim wide-only">{budget}</td>}
    </tr>
  );
}

function Deadline({ row: { dueInMs, dueBy, ageMs } }: { readonly row: PendingRow }) {
  if (dueInMs === undefined || dueInMs === null) return <span class="dim">none</span>;
  if (dueInMs <= 0) return <span class="near">due</span>;
  return (
    <span class={dueInMs < nearMs ? 'deadline near' : 'deadline'}>
      <progress max={ageMs + dueInMs} value={ageMs} aria-hidden="true" /> in {spokenMs(coarse(dueInMs))}
      {dueBy !== undefined && <span class="dim"> {dueBy}</span>}
    </span>
  );
}

/** What changes twice a second is not said to the millisecond. */
function coarse(ms: number): number {
  return ms < 1000 ? Math.round(ms / 100) * 100 : Math.floor(ms / 1000) * 1000;
}

function senderOf(direction: Direction): string {
  return direction === 'client-to-server' ? 'client' : 'server';
}
