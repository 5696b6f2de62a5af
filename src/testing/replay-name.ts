/** How a play that was found is named, so that it can be played again: `seed:path`. Knows nothing of how plays are made. */

export interface ReplayName {
  readonly seed: number;
  /** Which of the plays of the seed, and which of its shorter ones: numbers with colons between. */
  readonly path: string;
}

/** Undefined for what is no `seed:path`, as `7:3:0:1`. */
export function replayNamed(text: string): ReplayName | undefined {
  const [, seed, path] = /^(-?\d+):(\d+(?::\d+)*)$/.exec(text) ?? [];
  return seed === undefined || path === undefined ? undefined : { seed: Number(seed), path };
}
