/** The line of an edge as SVG wants it: with round corners, an arrow at its end, and a place for a number. Knows no chart. */

export type Point = readonly [x: number, y: number];

const cornerRadius = 5;
const arrow = { length: 7, half: 3.5 };

/** The `d` of a path along the points; it ends where the arrow begins. */
export function pathAlong(points: readonly Point[]): string {
  const [start, ...others] = shortened(points);
  if (start === undefined) return '';
  const parts = [`M${said(start)}`];
  for (const [index, corner] of others.entries()) {
    const before = others[index - 1] ?? start;
    const after = others[index + 1];
    if (after === undefined) parts.push(`L${said(corner)}`);
    else {
      const radius = Math.min(cornerRadius, distance(before, corner) / 2, distance(corner, after) / 2);
      parts.push(
        `L${said(towards(corner, before, radius))}`,
        `Q${said(corner)} ${said(towards(corner, after, radius))}`,
      );
    }
  }
  return parts.join('');
}

/** The `points` of the arrow at the end. */
export function arrowAt(points: readonly Point[]): string {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (tip === undefined || before === undefined) return '';
  const base = towards(tip, before, arrow.length);
  const length = Math.max(distance(before, tip), 1);
  const across: Point = [(-(tip[1] - before[1]) / length) * arrow.half, ((tip[0] - before[0]) / length) * arrow.half];
  const sides: readonly Point[] = [
    [base[0] + across[0], base[1] + across[1]],
    [base[0] - across[0], base[1] - across[1]],
  ];
  return [tip, ...sides].map(said).join(' ');
}

/** The middle of the longest straight piece. @param share of that piece, so that numbers of lines side by side do not meet. */
export function placeOn(points: readonly Point[], share: number): Point {
  let best: readonly [Point, Point] | undefined;
  for (const [index, end] of points.entries()) {
    const start = points[index - 1];
    if (start !== undefined && (best === undefined || distance(start, end) > distance(...best))) best = [start, end];
  }
  if (best === undefined) return points[0] ?? [0, 0];
  return towards(best[0], best[1], distance(...best) * share);
}

function shortened(points: readonly Point[]): readonly Point[] {
  const tip = points.at(-1);
  const before = points.at(-2);
  return tip === undefined || before === undefined
    ? points
    : [...points.slice(0, -1), towards(tip, before, arrow.length)];
}

function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to);
  if (whole === 0) return from;
  return [from[0] + ((to[0] - from[0]) * length) / whole, from[1] + ((to[1] - from[1]) * length) / whole];
}

function distance(one: Point, other: Point): number {
  return Math.hypot(other[0] - one[0], other[1] - one[1]);
}

function said([x, y]: Point): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
