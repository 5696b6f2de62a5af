/** How two tapes differ, in lines for people, after the manner of diff: `-` is on the first alone, `+` on the second. */

import type { Change, PartDifference, SessionDifference } from './tape-difference.ts';

export interface DifferenceLine {
  /** `~`: it is on both, and differs. */
  readonly mark: '-' | '+' | '~' | ' ';
  /** With its mark. */
  readonly text: string;
}

const valueCharactersMax = 200;

/** One pair of sessions. */
export function differenceLines({ before, after, same, changes }: SessionDifference): readonly DifferenceLine[] {
  return [
    line(' ', `session ${before ?? '-'} and ${after ?? '-'}: ${same} the same, ${changes.length} not`),
    ...changes.flatMap((change) => [...titleOf(change), ...change.differences.flatMap(partLines)]),
  ];
}

function titleOf({ change, what, name, beforeLine, afterLine }: Change): readonly DifferenceLine[] {
  const kind = what === 'exchange' || what === 'message' ? '' : `${what}  `;
  switch (change) {
    case 'missing':
      return [line('-', `${kind}${name}  (line ${beforeLine})`)];
    case 'new':
      return [line('+', `${kind}${name}  (line ${afterLine})`)];
    case 'moved':
      return [line('~', `${kind}${name}  is at another place  (lines ${beforeLine} and ${afterLine})`)];
    case 'changed':
      return [line('~', `${kind}${name}  (lines ${beforeLine} and ${afterLine})`)];
  }
}

function partLines({ part, path, expected, actual }: PartDifference): readonly DifferenceLine[] {
  return [
    line(' ', `  ${part}${path === undefined || path === '' ? '' : ` ${path}`}`),
    ...(expected === undefined ? [] : [line('-', `    ${valueText(expected)}`)]),
    ...(actual === undefined ? [] : [line('+', `    ${valueText(actual)}`)]),
  ];
}

const line = (mark: DifferenceLine['mark'], text: string): DifferenceLine => ({ mark, text: `${mark} ${text}` });

function valueText(value: unknown): string {
  const text = typeof value === 'string' && /^[\w: ,.-]+$/.test(value) ? value : JSON.stringify(value);
  return text.length <= valueCharactersMax ? text : `${text.slice(0, valueCharactersMax - 1)}…`;
}
