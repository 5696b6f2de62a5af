/** The results as tables, for docs/faults.md: a row for each fault, a column for each way. */

import { table } from '../../scripts/docs/markdown.ts';
import { type Fault, type Theme, waysOf } from './fault.ts';
import { type Way, allWays, hasChild, isHttpFront, isStdioFront } from './ways.ts';

/** @param happened what happened on this way; undefined where the fault cannot happen. */
export function results(themes: readonly Theme[], happened: (fault: Fault, way: Way) => string | undefined): string {
  return themes
    .map(({ name, faults }) => {
      const columns = columnsOf(faults);
      const cell = (fault: Fault, way: Way): string => happened(fault, way) ?? whyNot(fault, way);
      const rows = faults.map((fault) => [fault.name, ...columns.map((way) => cell(fault, way))]);
      return `## ${capital(name)}\n\n${table(['fault', ...columns], rows)}`;
    })
    .join('\n\n');
}

/** Those of the ways on which a fault of the theme can happen. */
export const columnsOf = (faults: readonly Fault[]): readonly Way[] =>
  allWays.filter((way) => faults.some((fault) => waysOf(fault).includes(way)));

/** Why a fault cannot happen on a way: what the way has not, and all of the fault's have. */
export function whyNot(fault: Fault, way: Way): string {
  const where = waysOf(fault);
  const lacks = (has: (way: Way) => boolean): boolean => !has(way) && where.every(has);
  if (lacks((one) => one.startsWith('ws'))) return '_no WebSocket client_';
  if (lacks(hasChild)) return '_no child_';
  if (lacks((one) => !hasChild(one))) return '_no network_';
  if (lacks(isHttpFront)) return '_no HTTP client_';
  if (lacks(isStdioFront)) return '_no pipe in front_';
  if (lacks((one) => !isStdioFront(one))) return '_one client only_';
  return fault.elsewhere ?? '';
}

/** The page with these results in place of those that it has. */
export function withResults(page: string, section: string): string {
  return page.replace(
    /(<!-- results -->\n)[^]*?(<!-- end of results -->)/,
    (_, begin: string, end: string) => `${begin}\n${section}\n\n${end}`,
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
