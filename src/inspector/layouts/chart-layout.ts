/**
 * A chart as it is drawn: boxes and lines with their places, worked out when the project is built (scripts/build/chart-layouts.ts)
 * so that the page needs no program for it. Lengths are units of the drawing; the page scales them. Types alone.
 */

export interface ChartLayout {
  readonly chart: string;
  readonly width: number;
  readonly height: number;
  /** A box stands before the boxes inside it. */
  readonly states: readonly StateBox[];
  readonly edges: readonly EdgeLine[];
}

export interface StateBox {
  /** As snapshots spell it: `active.serving`. */
  readonly name: string;
  /** Its own part of the name: `serving`. */
  readonly label: string;
  readonly description: string;
  /** The state that it is inside of. */
  readonly inside?: string;
  /** It has states of its own, and is a frame around them. */
  readonly isFrame: boolean;
  readonly isFinal: boolean;
  /** The chart begins here. */
  readonly isInitial: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Everything that leads from one state to another. Both are states without states of their own. */
export interface EdgeLine {
  readonly from: string;
  readonly to: string;
  /** The events that take it, with the guard that decides, in the order of the chart. */
  readonly events: readonly { readonly event: string; readonly guard?: string }[];
  /** Corners of the line, from box to box. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Where its events are written, a line each; absent where the drawing has no room for them. */
  readonly label?: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly lines: readonly string[];
  };
}
