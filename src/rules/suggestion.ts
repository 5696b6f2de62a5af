/** What somebody meant who wrote a word that does not exist. */

/** The closest of the words, when it is close enough to be meant. */
export function closestOf(word: string, words: Iterable<string>): string | undefined {
  let closest: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of words) {
    const distance = distanceOf(word.toLowerCase(), candidate.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    closest = candidate;
  }
  return closest;
}

/** ` Did you mean '...'?`, or nothing. */
export function didYouMean(word: string, words: Iterable<string>): string {
  const closest = closestOf(word, words);
  return closest === undefined ? '' : ` Did you mean '${closest}'?`;
}

/** The same; where nothing is close, all that there is: `lead` is said before it. */
export function suggested(word: string, words: readonly string[], lead: string): string {
  const question = didYouMean(word, words);
  return question !== '' || words.length === 0 ? question : `${lead} ${words.join(', ')}.`;
}

/** Letters to insert, remove or replace. Words are short here: callers give names, never messages. */
function distanceOf(from: string, to: string): number {
  const longest = 64;
  if (from.length > longest || to.length > longest) return Infinity;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
