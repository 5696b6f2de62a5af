/** Where and when a run took place: numbers without it say little. */

import { cpus, loadavg, release, type } from 'node:os';

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly system: string;
  readonly loadBefore: string;
  readonly loadAfter: string;
}

/** One-minute load average: about how many processes wanted a core at once. */
export function loadNow(): string {
  return loadavg()[0]!.toFixed(1);
}

export function machineSince(loadBefore: string): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    node: process.versions.node,
    // The kernel's version, without the name of its build.
    system: `${type()} ${release().replace(/-.*/, '')}`,
    loadBefore,
    loadAfter: loadNow(),
  };
}
