/** The results as tables, for docs/faults.md: a row for each fault, a column for each way. */

import { table } from '../../scripts/docs/markdown.ts';
import type { Fault, Theme } from './fault.ts';
import { type Way, ways } from './ways.ts';

/** @param happened what happened on this way; undefined where the fault cannot happen. */
export function results(themes: readonly Theme[], happened: (fault: Fault, way: Way) => string | undefined): string {
  return themes
    .map(({ name, faults }) => {
      const rows = faults.map((fault) => [fault.name, ...ways.map((way) => happened(fault, way) ?? '')]);
      return `## ${capital(name)}\n\n${table(['fault', ...ways], rows)}`;
    })
    .join('\n\n');
}

/** The page with these results in place of those that it has. */
export function withResults(page: string, section: string): string {
  return page.replace(
    /(<!-- results -->\n)[^]*?(<!-- end of results -->)/,
    (_, begin: string, end: string) => `${begin}\n${section}\n\n${end}`,
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
