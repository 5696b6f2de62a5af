/** Edits of a text as a unified diff, for people: the lines that change, with a few around them. */

import { type TextEdit, edited } from './list-text.ts';

const contextLines = 3;

/** Lines that change together. Numbers count from 0; the last one does not belong to it. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly edits: readonly TextEdit[];
}

/** @returns an empty text where nothing changes. */
export function unifiedDiff(name: string, text: string, edits: readonly TextEdit[]): string {
  const lines = linesOf(text);
  const starts = lineStarts(text);
  const hunks = hunksOf(changesOf(edits, starts));
  if (hunks.length === 0) return '';
  let shift = 0;
  const shown = hunks.map((changes) => {
    const from = Math.max(0, changes[0]!.from - contextLines);
    const to = Math.min(lines.length, changes.at(-1)!.to + contextLines);
    const body: string[] = [];
    let at = from;
    let added = 0;
    const keep = (until: number): void => void body.push(...lines.slice(at, until).map((line) => ` ${line}`));
    for (const change of changes) {
      keep(change.from);
      const next = newLines(text, starts, change);
      const old = lines.slice(change.from, change.to);
      body.push(...old.map((line) => `-${line}`), ...next.map((line) => `+${line}`));
      added += next.length - old.length;
      at = change.to;
    }
    keep(to);
    const head = `@@ -${from + 1},${to - from} +${from + 1 + shift},${to - from + added} @@`;
    shift += added;
    return [head, ...body].join('\n');
  });
  return `--- ${name}\n+++ ${name}\n${shown.join('\n')}\n`;
}

/** Edits on the same line are one change. */
function changesOf(edits: readonly TextEdit[], starts: readonly number[]): readonly Change[] {
  const changes: Change[] = [];
  for (const edit of edits.toSorted((one, other) => one.offset - other.offset)) {
    const from = lineAt(edit.offset, starts);
    const to = lineAt(edit.offset + edit.length, starts) + 1;
    const last = changes.at(-1);
    if (last === undefined || from >= last.to) changes.push({ from, to, edits: [edit] });
    else changes[changes.length - 1] = { from: last.from, to: Math.max(to, last.to), edits: [...last.edits, edit] };
  }
  return changes;
}

/** Changes are shown together where the lines around them touch. */
function hunksOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1);
    if (last !== undefined && change.from - last.at(-1)!.to <= 2 * contextLines) last.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function newLines(text: string, starts: readonly number[], { from, to, edits }: Change): readonly string[] {
  const begin = starts[from]!;
  const old = text.slice(begin, starts[to] ?? text.length);
  return linesOf(
    edited(
      old,
      edits.map((edit) => ({ ...edit, offset: edit.offset - begin })),
    ),
  );
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
