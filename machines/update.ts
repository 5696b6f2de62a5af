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

/** A change of a record that an event brings about. */
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

export type Condition<TRecord, TEvent> = (record: TRecord, event: TEvent) => boolean;

/** Marks the question behind an XState guard. */
export const conditionOf: unique symbol = Symbol('ninelives.condition');

export interface ConditionGuard<TRecord> {
  (args: { readonly context: RecordContext<TRecord>; readonly event: TimedEvent }): boolean;
  readonly [conditionOf]: Condition<TRecord, TimedEvent>;
}

/** Makes an XState guard of a question about the record. It looks and changes nothing, so it may be asked twice. */
export function condition<TRecord, TEvent extends TimedEvent>(
  ask: Condition<TRecord, TEvent>,
): ConditionGuard<TRecord> {
  const askAny = ask as Condition<TRecord, TimedEvent>;
  const guard = ({
    context,
    event,
  }: {
    readonly context: RecordContext<TRecord>;
    readonly event: TimedEvent;
  }): boolean => askAny(context.record, event);
  return Object.assign(guard, { [conditionOf]: askAny });
}
