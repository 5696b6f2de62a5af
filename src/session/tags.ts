/**
 * Tag rules: what a session is like, computed from its counters inside the unit of work. A tag whose rule no longer holds
 * goes. Rules read a view in which the present frame already counts, and never change anything.
 */

/** What a tag rule may look at. All numbers include the frame that is being decided. */
export interface TagView {
  readonly now: number;
  readonly openedAt: number;
  readonly lastFrameAt: number;
  readonly frames: number;
  readonly framesPerSecond: number;
  readonly recentOutcomes: number;
  readonly recentNotResult: number;
  readonly recentLatencies: number;
  readonly recentSlow: number;
  readonly largestFrameBytes: number;
  readonly pending: number;
  readonly pendingLimit: number;
  readonly pendingSoftRatio: number;
  readonly hasPrincipal: boolean;
}

/**
 * A tag of a session and when it holds. Rules are asked after every commit: they must be quick, and look at nothing
 * but the view.
 */
export interface TagRule {
  readonly tag: string;
  holds(view: TagView): boolean;
  /** The next time at which `holds` may change without a frame; `Infinity` when only frames change it. */
  changesAt?(view: TagView): number;
}

/** The thresholds of the built-in rules; the unit stands in the name. */
export const tagThresholds = {
  longRunningMs: 300_000,
  highVolumeFrames: 1000,
  highVolumePerSecond: 50,
  rateWindowMs: 10_000,
  rateBuckets: 10,
  errorProneOutcomes: 5,
  errorProneWindow: 20,
  slowMs: 5000,
  slowWindow: 50,
  slowPercentile: 0.95,
  idleMs: 60_000,
  largePayloadBytes: 1024 * 1024,
} as const;

const threshold = tagThresholds;

/** The tags that every session has, in the order in which they are shown: see docs/reference/tags.md. */
export const builtInTagRules: readonly TagRule[] = [
  {
    tag: 'long-running',
    holds: (view) => view.now - view.openedAt > threshold.longRunningMs,
    changesAt: (view) => after(view.now, view.openedAt + threshold.longRunningMs + 1),
  },
  {
    tag: 'high-volume',
    holds: (view) => view.frames > threshold.highVolumeFrames || view.framesPerSecond > threshold.highVolumePerSecond,
    changesAt: (view) =>
      view.frames <= threshold.highVolumeFrames && view.framesPerSecond > threshold.highVolumePerSecond
        ? view.now + threshold.rateWindowMs / threshold.rateBuckets
        : Infinity,
  },
  { tag: 'authenticated', holds: (view) => view.hasPrincipal },
  { tag: 'error-prone', holds: (view) => view.recentNotResult >= threshold.errorProneOutcomes },
  // The 95th percentile lies above the threshold when more than 5 % of the latencies do.
  { tag: 'slow', holds: (view) => view.recentSlow > view.recentLatencies * (1 - threshold.slowPercentile) },
  {
    tag: 'idle',
    holds: (view) => view.now - view.lastFrameAt >= threshold.idleMs,
    changesAt: (view) => after(view.now, view.lastFrameAt + threshold.idleMs),
  },
  { tag: 'large-payload', holds: (view) => view.largestFrameBytes > threshold.largePayloadBytes },
  { tag: 'saturated', holds: (view) => view.pending > view.pendingLimit * view.pendingSoftRatio },
];

function after(now: number, time: number): number {
  return time > now ? time : Infinity;
}

/** Tags fit one number, a bit for each rule. */
export const tagRulesMax = 30;

/**
 * The tags that hold, as bits in the order of `rules`.
 * @throws whatever a rule throws: the caller rolls back.
 */
export function evaluateTags(rules: readonly TagRule[], view: TagView): number {
  let bits = 0;
  for (let index = 0; index < rules.length; index++) if (rules[index]!.holds(view)) bits |= 1 << index;
  return bits;
}

/** When the tags may change although nothing happens. */
export function nextTagChange(rules: readonly TagRule[], view: TagView): number {
  let next = Infinity;
  for (const rule of rules) {
    const at = rule.changesAt?.(view) ?? Infinity;
    if (at < next) next = at;
  }
  return next;
}

/** The tags that are set in `bits`, in the order of `rules`. */
export function tagNames(rules: readonly TagRule[], bits: number): readonly string[] {
  return rules.filter((_, index) => (bits & (1 << index)) !== 0).map((rule) => rule.tag);
}
