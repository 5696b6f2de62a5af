/** What somebody types into the filter box: words to look for, or a condition in CEL. Knows no CEL. */

import type { SessionLine } from './session-line.ts';

export type RowTest = (line: SessionLine, nowMs: number) => boolean;

/** What a text asks for. `condition` has to be read first. */
export type Asked =
  | { readonly kind: 'all' }
  | { readonly kind: 'words'; readonly test: RowTest }
  | { readonly kind: 'condition'; readonly text: string };

/** Words have none of these; a condition has one. */
const operators = /[=<>!&|()[\]'"+]|\s(?:in)\s/;

export function askedBy(text: string): Asked {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'all' };
  if (operators.test(trimmed)) return { kind: 'condition', text: trimmed };
  const words = trimmed.toLowerCase().split(/\s+/);
  return {
    kind: 'words',
    test: (line) => {
      const searched = searchedText(line);
      return words.every((word) => searched.includes(word));
    },
  };
}

function searchedText({ process, row }: SessionLine): string {
  const parts = [
    row.id,
    row.state,
    row.status,
    row.endReason,
    row.clientName,
    row.serverName,
    row.protocolVersion,
    row.transportType,
    row.principal,
    row.route,
    ...row.tags,
    String(process.pid),
    process.server,
    process.command,
  ];
  return parts
    .filter((part) => part !== undefined)
    .join(' ')
    .toLowerCase();
}
