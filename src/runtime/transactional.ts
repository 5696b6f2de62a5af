/**
 * Makes actor logic of a chart in which one event is one unit of work (S6, S10). What an event does is decided by
 * XState's own interpreter, or by a plan compiled out of the chart that says the same (plan.ts). Update actions stage
 * into the record's unit of work; then everything is committed at once and the effects are performed, or, when anything
 * threw, nothing of the event remains and the actor lives on.
 *
 * An event that leaves the chart where it is can also be taken in place, without the actor's mailbox: nothing that XState
 * keeps would be different afterwards. That is how frames pass (router.ts).
 *
 * What stock XState would do instead: a throwing guard or action stops the actor, and with it its parent and siblings;
 * what was mutated before the throw stays; effects leave in the middle of a transition; an event that no transition takes
 * vanishes; and the text of every event type ever sent is kept for ever. XState 5.33 only: the shape is checked.
 */

import type {
  ActorScope,
  ActorSystem,
  ActorSystemInfo,
  AnyEventObject,
  AnyMachineSnapshot,
  AnyStateMachine,
} from 'xstate';
import { type RecordContext, type UnitOfWork, type Update, updateOf } from '../../machines/update.ts';
import { type Candidate, type Plan, arriveAt, compilePlan, isRepeatable } from './plan.ts';

/** A unit of work as the wrapper needs it: staged by updates, committed or rolled back here. */
export interface CommittableUnit<TState, TEffect> extends UnitOfWork {
  enter(state: TState): void;
  commit(): readonly TEffect[];
  rollback(): void;
}

/** The record behind a machine, which updates change through its unit of work. */
export interface TransactionalRecord<TState, TEffect> {
  readonly unit: CommittableUnit<TState, TEffect>;
  /** The plan of the state that the chart is in; kept here by `transactional`, and by nobody else. */
  plan: unknown;
}

/** What `transactional` asks of whoever runs the machine. */
export interface TransactionalHooks<TRecord, TEvent, TState, TEffect> {
  /** Milliseconds, for events that carry no time of their own (XState's `after`). */
  now(): number;
  /** The leaf state of a snapshot under the name that records and metrics use. */
  stateOf(snapshot: AnyMachineSnapshot): TState;
  /** False: every event goes to the interpreter. For comparing the two. */
  readonly usesPlan?: boolean;
  /** Events of our own making, which come to their end even when a user's tag rule throws. */
  isOwnWork(event: TEvent): boolean;
  /** After the commit, in order. Must not throw; what fails comes back as an event. */
  perform(record: TRecord, effects: readonly TEffect[], event: TEvent): void;
  /** After a commit that is worth a line, before its effects. */
  committed?(record: TRecord, event: TEvent, effects: readonly TEffect[]): void;
  /** Something threw; the record is as it was before the event. */
  rolledBack(record: TRecord, event: TEvent, error: unknown): void;
  /** No transition takes this event in the present state. */
  unexpected(record: TRecord, event: TEvent): void;
}

type Scope = ActorScope<AnyMachineSnapshot, AnyEventObject, ActorSystem<ActorSystemInfo>>;
type ExecutableAction = Parameters<Scope['actionExecutor']>[0];

interface UpdateExec<TRecord, TEvent> {
  readonly [updateOf]: Update<TRecord, TEvent>;
}

/** A machine whose actor can be at rest and yet have something decided. */
export type Transactional<TMachine, TRecord, TEvent> = TMachine & {
  /**
   * Takes the event as the actor would, if the plan says that it changes the record only; false when the actor has to take
   * it. Only for an actor that is at rest: it runs, and is not in the middle of another event.
   */
  takeInPlace(record: TRecord, event: TEvent): boolean;
};

/** Sent to an actor whose record was left half served by a defect of ours: the actor ends with this error. */
export interface Defect {
  readonly type: typeof defectType;
  readonly error: unknown;
}

export const defectType = 'ninelives.defect';

/**
 * @throws TypeError when `machine` is not a state machine of the XState that this file was written against.
 */
export function transactional<
  TMachine extends AnyStateMachine,
  TRecord extends TransactionalRecord<TState, TEffect>,
  TEvent extends AnyEventObject,
  TState,
  TEffect,
>(
  machine: TMachine,
  hooks: TransactionalHooks<TRecord, TEvent, TState, TEffect>,
): Transactional<TMachine, TRecord, TEvent> {
  const known = eventTypesOf(machine);
  const plans = new Map<TState, Plan<TRecord, TEvent>>();
  const logic = Object.create(machine) as Transactional<TMachine, TRecord, TEvent>;

  function transition(snapshot: AnyMachineSnapshot, event: TEvent, scope: Scope): AnyMachineSnapshot {
    if (event.type === 'xstate.stop') return machine.transition(snapshot, event, scope);
    if (event.type === defectType) throw (event as unknown as Defect).error;
    const { record } = snapshot.context as RecordContext<TRecord>;
    // A foreign event type must never reach XState, which remembers each type it has ever seen.
    if (!known.has(event.type)) {
      hooks.unexpected(record, event);
      return snapshot;
    }
    const row = planOf(record, snapshot).get(event.type);
    return row === undefined
      ? interpret(snapshot, record, event, scope, undefined)
      : runPlanned(row, snapshot, record, event, scope);
  }

  function planOf(record: TRecord, snapshot: AnyMachineSnapshot): Plan<TRecord, TEvent> {
    if (record.plan !== undefined) return record.plan as Plan<TRecord, TEvent>;
    const state = hooks.stateOf(snapshot);
    let plan = plans.get(state);
    if (plan === undefined) {
      plan = hooks.usesPlan === false ? new Map() : compilePlan(machine, snapshot);
      plans.set(state, plan);
    }
    record.plan = plan;
    return plan;
  }

  function takeInPlace(record: TRecord, event: TEvent): boolean {
    const row = (record.plan as Plan<TRecord, TEvent> | undefined)?.get(event.type);
    if (row === undefined) return false;
    const taken = stage(row, record, event, false);
    switch (taken.outcome) {
      case 'staged': {
        const effects = record.unit.commit();
        hooks.committed?.(record, event, effects);
        if (effects.length > 0) hooks.perform(record, effects, event);
        return true;
      }
      case 'unexpected':
        hooks.unexpected(record, event);
        return true;
      case 'failed':
        hooks.rolledBack(record, event, taken.error);
        return true;
      case 'untaken':
        return false;
    }
  }

  /** Takes the first candidate whose condition holds: from the plan, from memory, or by the interpreter. */
  function runPlanned(
    row: readonly Candidate<TRecord, TEvent>[],
    snapshot: AnyMachineSnapshot,
    record: TRecord,
    event: TEvent,
    scope: Scope,
  ): AnyMachineSnapshot {
    const taken = stage(row, record, event, true);
    const { candidate } = taken;
    switch (taken.outcome) {
      case 'staged': {
        const step = candidate?.step;
        const effects = record.unit.commit();
        if (step !== undefined) record.plan = undefined;
        finish(record, event, effects, scope);
        return step === undefined ? snapshot : arriveAt(step.arrival, snapshot.context);
      }
      case 'unexpected':
        hooks.unexpected(record, event);
        return snapshot;
      case 'failed': {
        const { error } = taken;
        scope.defer(() => hooks.rolledBack(record, event, error));
        return snapshot;
      }
      case 'untaken':
        return interpret(snapshot, record, event, scope, candidate);
    }
  }

  /** What became of the last event that was staged. One for all, since one event is staged at a time. */
  const taken: Taken<TRecord, TEvent> = { outcome: 'untaken', candidate: undefined, error: undefined };

  /**
   * Finds the first candidate whose condition holds and runs its updates: then the unit of work is prepared for its commit.
   * Otherwise nothing is staged. `mayMove`: a remembered transition to another state counts too.
   */
  function stage(
    row: readonly Candidate<TRecord, TEvent>[],
    record: TRecord,
    event: TEvent,
    mayMove: boolean,
  ): Readonly<Taken<TRecord, TEvent>> {
    const { unit } = record;
    taken.candidate = undefined;
    unit.begin(timeOf(event));
    try {
      const candidate = firstAllowed(row, record, event);
      const step = mayMove ? candidate?.step : undefined;
      const updates = candidate?.updates ?? step?.updates;
      taken.candidate = candidate;
      if (updates === undefined) {
        unit.rollback();
        taken.outcome = candidate === undefined ? 'unexpected' : 'untaken';
        return taken;
      }
      for (const apply of updates) apply(record, event);
      if (step !== undefined) unit.enter(hooks.stateOf(step.arrival));
      unit.prepare(hooks.isOwnWork(event));
      taken.outcome = 'staged';
    } catch (error) {
      unit.rollback();
      taken.outcome = 'failed';
      taken.error = error;
    }
    return taken;
  }

  function interpret(
    snapshot: AnyMachineSnapshot,
    record: TRecord,
    event: TEvent,
    scope: Scope,
    candidate: Candidate<TRecord, TEvent> | undefined,
  ): AnyMachineSnapshot {
    const { unit } = record;
    const staging = new Staging<TRecord, TEvent>(scope, record);
    let next: AnyMachineSnapshot;
    unit.begin(timeOf(event));
    try {
      next = machine.transition(snapshot, event, staging.scope);
      if (next === snapshot && !staging.hasRun && machine.getTransitionData(snapshot, event).length === 0) {
        unit.rollback();
        hooks.unexpected(record, event);
        return snapshot;
      }
      const state = hooks.stateOf(next);
      if (state !== hooks.stateOf(snapshot)) unit.enter(state);
      unit.prepare(hooks.isOwnWork(event));
    } catch (error) {
      unit.rollback();
      scope.defer(() => hooks.rolledBack(record, event, error));
      return snapshot;
    }
    if (candidate !== undefined && staging.hasOnlyUpdated && isRepeatable(next)) {
      candidate.step = { updates: staging.updates, arrival: arriveAt(next, undefined) };
    }
    const effects = unit.commit();
    record.plan = undefined;
    staging.release();
    finish(record, event, effects, scope);
    return next;
  }

  function timeOf(event: TEvent): number {
    return typeof event['at'] === 'number' ? event['at'] : hooks.now();
  }

  function finish(record: TRecord, event: TEvent, effects: readonly TEffect[], scope: Scope): void {
    hooks.committed?.(record, event, effects);
    if (effects.length > 0) scope.defer(() => hooks.perform(record, effects, event));
  }

  let initial: AnyMachineSnapshot | undefined;

  /** The initial snapshot is the same for everybody but for its context; XState computes it once. */
  function getInitialSnapshot(scope: Scope, input: unknown): AnyMachineSnapshot {
    const { context } = machine.config as { readonly context?: unknown };
    if (initial !== undefined && typeof context === 'function') {
      return arriveAt(initial, (context as ContextFactory)({ input, self: scope.self, spawn: refuseToSpawn }));
    }
    let hasActed = false;
    const watching: Scope = {
      ...scope,
      actionExecutor: (action: ExecutableAction) => {
        hasActed = true;
        scope.actionExecutor(action);
      },
    };
    const snapshot: AnyMachineSnapshot = machine.getInitialSnapshot(watching, input);
    if (hooks.usesPlan !== false && !hasActed && isRepeatable(snapshot)) initial = arriveAt(snapshot, undefined);
    return snapshot;
  }

  Object.defineProperty(logic, 'transition', { value: transition });
  Object.defineProperty(logic, 'getInitialSnapshot', { value: getInitialSnapshot });
  Object.defineProperty(logic, 'takeInPlace', { value: takeInPlace });
  return logic;
}

interface Taken<TRecord, TEvent> {
  /** `untaken`: the plan does not know what the candidate does. */
  outcome: 'staged' | 'unexpected' | 'untaken' | 'failed';
  candidate: Candidate<TRecord, TEvent> | undefined;
  error: unknown;
}

/** A loop and no `find`: every frame passes here, and would leave a closure behind. */
function firstAllowed<TRecord, TEvent>(
  row: readonly Candidate<TRecord, TEvent>[],
  record: TRecord,
  event: TEvent,
): Candidate<TRecord, TEvent> | undefined {
  for (const candidate of row) {
    if (candidate.isAllowed === undefined || candidate.isAllowed(record, event)) return candidate;
  }
  return undefined;
}

type ContextFactory = (args: {
  readonly input: unknown;
  readonly self: unknown;
  readonly spawn: () => never;
}) => unknown;

/** A context that spawns would have had a child the first time, and would then not have been remembered. */
function refuseToSpawn(): never {
  throw new Error('The context of this chart spawns sometimes and sometimes not');
}

/**
 * The scope that a transition runs in: updates run at once, against the open unit of work; everything else that XState
 * would do in the middle of a transition (arming and cancelling `after` timers) waits until the commit.
 */
class Staging<TRecord, TEvent> {
  readonly scope: Scope;
  /** The updates that ran, in order. */
  readonly updates: Update<TRecord, TEvent>[] = [];
  hasOnlyUpdated = true;
  readonly #outer: Scope;
  #waiting: (() => void)[] | undefined = [];

  constructor(outer: Scope, record: TRecord) {
    this.#outer = outer;
    this.scope = {
      ...outer,
      defer: (step) => this.#after(step),
      actionExecutor: (action: ExecutableAction) => {
        const apply = (action.exec as Partial<UpdateExec<TRecord, TEvent>> | undefined)?.[updateOf];
        if (apply === undefined) this.#after(() => outer.actionExecutor(action));
        else {
          this.updates.push(apply);
          apply(record, action.info.event as TEvent);
        }
      },
    };
  }

  get hasRun(): boolean {
    return this.updates.length > 0 || !this.hasOnlyUpdated;
  }

  /** The unit of work is committed: what waited happens now, in order. */
  release(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const step of waiting) this.#outer.defer(step);
  }

  #after(step: () => void): void {
    this.hasOnlyUpdated = false;
    if (this.#waiting === undefined) this.#outer.defer(step);
    else this.#waiting.push(step);
  }
}

interface NodeShape {
  readonly transitions: ReadonlyMap<string, unknown>;
  readonly states: Readonly<Record<string, NodeShape>>;
}

/** Every event type that some state of the chart names, `after` included. */
function eventTypesOf(machine: AnyStateMachine): ReadonlySet<string> {
  const known = new Set<string>();
  const visit = (node: NodeShape): void => {
    if (!(node.transitions instanceof Map))
      throw new TypeError('This XState keeps its transitions elsewhere than 5.33 does');
    for (const type of node.transitions.keys()) known.add(type as string);
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(machine.root);
  return known;
}
