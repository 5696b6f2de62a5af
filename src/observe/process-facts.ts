/** Which process somebody looks at: the same for the admin API, the inspector's feed and a tape. Types alone. */

export interface ProcessFacts {
  readonly pid: number;
  readonly version: string;
  /** What it was started as: `forward http`. */
  readonly command: string;
  /** What is behind it, for people: a command, or a URL without what is secret in it. */
  readonly server: string;
  /** Where clients find it; absent on standard input and output. */
  readonly url?: string;
  /** Its name among the nodes of a cluster; absent where there is none. */
  readonly node?: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}
