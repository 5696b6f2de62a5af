/**
 * The limits and times of a process, as they are now, and what its sessions see of them. Sessions share two sets of
 * surroundings: those that end with their connection have no idle and no age limit unless somebody asked for one. Sessions on which
 * tags hold that have limits or times of their own share further sets, one for each combination that there has been.
 */

import { checkedLimits, checkedTimes } from '../session/checked-limits.ts';
import { Ledger, type Limits, type Times, connectionTimes, defaultLimits, defaultTimes } from '../session/limits.ts';
import { type StandardTimes, standardTimes } from '../session/profiles.ts';
import { type TagSetting, type TagSettings, checkedTagSettings, strictest } from '../session/tag-settings.ts';
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
  readonly #fixed: FixedSurroundings;
  #askedTimes: Partial<Times>;
  #times: Times;
  #byTag: ReadonlyMap<string, Required<TagSetting>> = new Map();
  /** By kind of session and the tags that hold; made when a session first has them. */
  readonly #ofTags = new Map<string, SessionSurroundings>();

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
    this.#fixed = fixed;
    this.limits = { ...defaultLimits, ...checkedLimits(limits) };
    this.#askedTimes = checkedTimes(times);
    this.#times = { ...defaultTimes, ...this.#askedTimes };
    this.ledger = new Ledger(this.limits, whole);
    this.#forExchanges = this.#surroundings(this.limits, this.#times);
    this.#forConnections = this.#surroundings(this.limits, this.#timesOfConnections);
  }

  get times(): Times {
    return this.#times;
  }

  /** @param endsWithConnection the session has a life of its own no longer than its client's connection. */
  surroundings(endsWithConnection: boolean): SessionSurroundings {
    return endsWithConnection ? this.#forConnections : this.#forExchanges;
  }

  /** Tags have limits or times of their own. */
  get hasTags(): boolean {
    return this.#byTag.size > 0;
  }

  /** As `surroundings`, for a session on which these tags hold. */
  surroundingsOf(endsWithConnection: boolean, tags: readonly string[]): SessionSurroundings {
    const known = tags.filter((tag) => this.#byTag.has(tag));
    if (known.length === 0) return this.surroundings(endsWithConnection);
    const key = JSON.stringify([endsWithConnection, ...known.toSorted()]);
    const present = this.#ofTags.get(key);
    if (present !== undefined) return present;
    const { limits, times } = strictest(known.map((tag) => this.#byTag.get(tag)!));
    const usual = endsWithConnection ? this.#timesOfConnections : this.#times;
    const made = this.#surroundings({ ...this.limits, ...limits }, { ...usual, ...times });
    this.#ofTags.set(key, made);
    return made;
  }

  /** @throws LocalError INVALID_OPTION; then nothing is changed. */
  setTagSettings(settings: TagSettings | undefined): void {
    this.#byTag = checkedTagSettings(settings);
    this.#ofTags.clear();
  }

  /** @throws LocalError INVALID_OPTION; then nothing is changed. */
  setLimits(limits: Partial<Limits>): void {
    Object.assign(this.limits, checkedLimits(limits));
    this.ledger.resize(this.limits);
    this.#ofTags.clear();
  }

  /** @throws LocalError INVALID_OPTION; then nothing is changed. */
  setTimes(times: Partial<Times>): void {
    this.#askedTimes = { ...this.#askedTimes, ...checkedTimes(times) };
    this.#times = { ...defaultTimes, ...this.#askedTimes };
    change(this.#forExchanges, this.#times);
    change(this.#forConnections, this.#timesOfConnections);
    this.#ofTags.clear();
  }

  /** A limit that was asked for holds on every transport, even where the default is off. */
  get #timesOfConnections(): Times {
    return { ...this.#times, ...connectionTimes, ...this.#askedTimes };
  }

  #surroundings(limits: Limits, times: Times): ChangingSurroundings {
    return { ...this.#fixed, limits, ledger: this.ledger, times, requestTimes: standardTimes(times) };
  }
}

/** Requests that wait keep the deadlines that they were given. */
function change(surroundings: ChangingSurroundings, times: Times): void {
  surroundings.times = times;
  surroundings.requestTimes = standardTimes(times);
}
