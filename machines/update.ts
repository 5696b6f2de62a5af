/**
 * Update actions: the only kind of action in our charts. An update stages changes and effects in the record's unit of
 * work, so it does the same under XState's interpreter and inside `transactional`, which commits once for the whole event.
 */

/** The part of a unit of work that a chart's actions need to know. */
export interface UnitOfWork {
  readonly isOpen: boolean;
  begin(now: number): void;
  prepare(isOwnWork: boolean): void;
  commit(): unknown;
}

export interface RecordContext<TRecord> {
  readonly record: TRecord;
}

interface TimedEvent {
  readonly type: string;
  readonly at?: number;
}

export type Update<TRecord, TEvent> = (record: TRecord, event: TEvent) => void;

/** Marks the function that `transactional` calls instead of the XState action around it. */
export const updateOf: unique symbol = Symbol('ninelives.update');

export interface UpdateAction<TRecord> {
  (args: { readonly context: RecordContext<TRecord>; readonly event: TimedEvent }): void;
  readonly [updateOf]: Update<TRecord, TimedEvent>;
}

/**
 * Makes an XState action of an update. Outside `transactional` (drawing, testing, somebody else's actor) each action is a
 * unit of work of its own, and its effects go nowhere. An update declares the events it can read; that the chart names it
 * only under such events is what the chart's tests show, since XState types actions by the union of all events.
 */
export function update<TRecord extends { readonly unit: UnitOfWork }, TEvent extends TimedEvent>(
  apply: Update<TRecord, TEvent>,
): UpdateAction<TRecord> {
  const applyAny = apply as Update<TRecord, TimedEvent>;
  const action = ({
    context,
    event,
  }: {
    readonly context: RecordContext<TRecord>;
    readonly event: TimedEvent;
  }): void => {
    const { unit } = context.record;
    if (unit.isOpen) {
      applyAny(context.record, event);
      return;
    }
    unit.begin(event.at ?? 0);
    applyAny(context.record, event);
    unit.prepare(true);
    unit.commit();
  };
  return Object.assign(action, { [updateOf]: applyAny });
}

/** Makes an XState guard of a question about the record. */
export function condition<TRecord, TEvent extends TimedEvent>(
  ask: (record: TRecord, event: TEvent) => boolean,
): (args: { readonly context: RecordContext<TRecord>; readonly event: TimedEvent }) => boolean {
  const askAny = ask as (record: TRecord, event: TimedEvent) => boolean;
  return ({ context, event }) => askAny(context.record, event);
}
