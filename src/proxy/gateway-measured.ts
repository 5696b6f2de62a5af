/**
 * A gateway as metrics see it: its routes by name, those that are gone and those to come included. Whoever observes it hears of every
 * runtime that a route has or will have.
 */

import type { Measured } from '../observe/metrics.ts';
import type { MeasuredPart } from '../observe/metrics-table.ts';
import type { Runtime } from '../runtime/api.ts';
import type { Observer } from '../runtime/observation.ts';
import type { TotalsSnapshot } from '../runtime/totals.ts';
import { sumOfTotals } from './gateway-totals.ts';

export interface MeasuredRoute {
  readonly config: { readonly name: string };
  readonly runtime: Pick<Runtime, 'observe' | 'totals' | 'limits'>;
}

export class GatewayMeasured implements Measured {
  readonly #routes: () => readonly MeasuredRoute[];
  readonly #past = new Map<string, TotalsSnapshot>();
  /** Each with how to stop its observing of each runtime. */
  readonly #observers = new Map<Observer, (() => void)[]>();

  /** @param routes those that there are, in the order in which they are asked. */
  constructor(routes: () => readonly MeasuredRoute[]) {
    this.#routes = routes;
  }

  observe(observer: Observer): () => void {
    const stops = this.#routes().map(({ runtime }) => runtime.observe(observer));
    this.#observers.set(observer, stops);
    return () => {
      this.#observers.delete(observer);
      for (const stop of stops) stop();
    };
  }

  *parts(): Generator<MeasuredPart> {
    const present = this.#routes();
    for (const route of new Set([...present.map(({ config }) => config.name), ...this.#past.keys()])) {
      // A route that is followed by another one of its name is there until its sessions are over.
      const routes = present.filter(({ config }) => config.name === route);
      const totals = [...routes.map(({ runtime }) => runtime.totals()), this.#past.get(route)];
      yield {
        route,
        totals: sumOfTotals(totals.filter((each) => each !== undefined)),
        limits: routes[0]?.runtime.limits,
      };
    }
  }

  /** Of routes that are gone. */
  get past(): Iterable<TotalsSnapshot> {
    return this.#past.values();
  }

  came({ runtime }: MeasuredRoute): void {
    for (const [observer, stops] of this.#observers) stops.push(runtime.observe(observer));
  }

  left({ config: { name }, runtime }: MeasuredRoute): void {
    const before = this.#past.get(name);
    const totals = runtime.totals();
    this.#past.set(name, before === undefined ? totals : sumOfTotals([totals, before]));
  }
}
