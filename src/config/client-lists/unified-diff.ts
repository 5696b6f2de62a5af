/** Edits of a text as a unified diff, for people: the lines that change, with a few around them. */

import { type TextEdit, edited } from './list-text.ts';

const contextLines = 3;

interface Hunk {
  /** Lines of the old text, from 0; the last one does not belong to it. */
  readonly from: number;
  readonly to: number;
  readonly edits: readonly TextEdit[];
}

/** @returns an empty text where nothing changes. */
export function unifiedDiff(name: string, text: string, edits: readonly TextEdit[]): string {
  const starts = lineStarts(text);
  const hunks = hunksOf(edits, starts);
  if (hunks.length === 0) return '';
  let shift = 0;
  const shown = hunks.map(({ from, to, edits: own }) => {
    const begin = starts[from]!;
    const old = text.slice(begin, starts[to] ?? text.length);
    const next = edited(
      old,
      own.map((edit) => ({ ...edit, offset: edit.offset - begin })),
    );
    const [oldLines, newLines] = [linesOf(old), linesOf(next)];
    const same = commonEnds(oldLines, newLines);
    const head = `@@ -${from + 1},${oldLines.length} +${from + 1 + shift},${newLines.length} @@`;
    shift += newLines.length - oldLines.length;
    const inner = (lines: readonly string[]): readonly string[] => lines.slice(same.first, lines.length - same.last);
    return [
      head,
      ...oldLines.slice(0, same.first).map((line) => ` ${line}`),
      ...inner(oldLines).map((line) => `-${line}`),
      ...inner(newLines).map((line) => `+${line}`),
      ...oldLines.slice(oldLines.length - same.last).map((line) => ` ${line}`),
    ].join('\n');
  });
  return `--- ${name}\n+++ ${name}\n${shown.join('\n')}\n`;
}

/** Edits whose lines and the lines around them touch are shown together. */
function hunksOf(edits: readonly TextEdit[], starts: readonly number[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  for (const edit of edits.toSorted((one, other) => one.offset - other.offset)) {
    const from = Math.max(0, lineAt(edit.offset, starts) - contextLines);
    const to = Math.min(starts.length, lineAt(edit.offset + edit.length, starts) + 1 + contextLines);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) {
      hunks[hunks.length - 1] = { from: last.from, to: Math.max(to, last.to), edits: [...last.edits, edit] };
    } else hunks.push({ from, to, edits: [edit] });
  }
  return hunks;
}

function lineStarts(text: string): readonly number[] {
  return [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), (end) => end.index + end[0].length)];
}

function lineAt(offset: number, starts: readonly number[]): number {
  return Math.max(
    0,
    starts.findLastIndex((start) => start <= offset),
  );
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function commonEnds(
  one: readonly string[],
  other: readonly string[],
): { readonly first: number; readonly last: number } {
  const most = Math.min(one.length, other.length);
  let first = 0;
  while (first < most && one[first] === other[first]) first++;
  let last = 0;
  while (last < most - first && one[one.length - 1 - last] === other[other.length - 1 - last]) last++;
  return { first, last };
}
