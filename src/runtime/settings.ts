/**
 * The limits and times of a process, as they are now, and what its sessions see of them. Sessions share two sets of
 * surroundings: those that end with their connection have no idle and no age limit unless somebody asked for one.
 */

import { checkedLimits, checkedTimes } from '../session/checked-limits.ts';
import { Ledger, type Limits, type Times, connectionTimes, defaultLimits, defaultTimes } from '../session/limits.ts';
import { type StandardTimes, standardTimes } from '../session/profiles.ts';
import type { SessionSurroundings } from '../session/session-data.ts';

/** What a session shares with the process and what is not settled here. */
export type FixedSurroundings = Omit<SessionSurroundings, 'limits' | 'times' | 'requestTimes' | 'ledger'>;

/** The same objects for all sessions, so that a change is seen by those that are open. */
type ChangingSurroundings = SessionSurroundings & { times: Times; requestTimes: StandardTimes };

export class Settings {
  readonly limits: Limits;
  readonly ledger: Ledger;
  readonly #forExchanges: ChangingSurroundings;
  readonly #forConnections: ChangingSurroundings;
  #askedTimes: Partial<Times>;
  #times: Times;

  /**
   * @param whole of which the process's share in pending requests is a part.
   * @throws LocalError INVALID_OPTION
   */
  constructor(
    limits: Partial<Limits> | undefined,
    times: Partial<Times> | undefined,
    fixed: FixedSurroundings,
    whole?: Ledger,
  ) {
    this.limits = { ...defaultLimits, ...checkedLimits(limits) };
    this.#askedTimes = checkedTimes(times);
    this.#times = { ...defaultTimes, ...this.#askedTimes };
    this.ledger = new Ledger(this.limits, whole);
    this.#forExchanges = this.#surroundings(fixed, this.#times);
    this.#forConnections = this.#surroundings(fixed, this.#timesOfConnections);
  }

  get times(): Times {
    return this.#times;
  }

  /** @param endsWithConnection the session has a life of its own no longer than its client's connection. */
  surroundings(endsWithConnection: boolean): SessionSurroundings {
    return endsWithConnection ? this.#forConnections : this.#forExchanges;
  }

  /** @throws LocalError INVALID_OPTION; then nothing is changed. */
  setLimits(limits: Partial<Limits>): void {
    Object.assign(this.limits, checkedLimits(limits));
    this.ledger.resize(this.limits);
  }

  /** @throws LocalError INVALID_OPTION; then nothing is changed. */
  setTimes(times: Partial<Times>): void {
    this.#askedTimes = { ...this.#askedTimes, ...checkedTimes(times) };
    this.#times = { ...defaultTimes, ...this.#askedTimes };
    change(this.#forExchanges, this.#times);
    change(this.#forConnections, this.#timesOfConnections);
  }

  /** A limit that was asked for holds on every transport, even where the default is off. */
  get #timesOfConnections(): Times {
    return { ...this.#times, ...connectionTimes, ...this.#askedTimes };
  }

  #surroundings(fixed: FixedSurroundings, times: Times): ChangingSurroundings {
    const { limits, ledger } = this;
    return { ...fixed, limits, ledger, times, requestTimes: standardTimes(times) };
  }
}

/** Requests that wait keep the deadlines that they were given. */
function change(surroundings: ChangingSurroundings, times: Times): void {
  surroundings.times = times;
  surroundings.requestTimes = standardTimes(times);
}
