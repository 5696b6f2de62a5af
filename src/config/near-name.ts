/** What somebody who misspelt a name may have meant. */

/** The name among these that is nearest; undefined where none is near enough to be meant. */
export function nearName(said: string, names: readonly string[]): string | undefined {
  const farthest = Math.max(1, Math.floor(said.length / 3));
  let best: string | undefined;
  let least = farthest + 1;
  for (const name of names) {
    if (Math.abs(name.length - said.length) >= least) continue;
    const distance = distanceOf(said.toLowerCase(), name.toLowerCase());
    if (distance >= least) continue;
    best = name;
    least = distance;
  }
  return best;
}

/** ` (did you mean 'x'?)`, or nothing. */
export function meant(said: string, names: readonly string[]): string {
  const name = nearName(said, names);
  return name === undefined ? '' : `; did you mean '${name}'?`;
}

/** Letters to put in, take out, change, or swap with their neighbour. */
function distanceOf(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const here = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      here[column] = Math.min(
        above[column]! + 1,
        here[column - 1]! + 1,
        above[column - 1]! + (isSame ? 0 : 1),
        isSwapped ? before[column - 2]! + 1 : Infinity,
      );
    }
    before = above;
    above = here;
  }
  return above[other.length]!;
}
