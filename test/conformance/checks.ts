/** What the conformance suite has found: reads the files that it leaves, one folder for each scenario. Judges nothing. */

import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface Check {
  readonly scenario: string;
  readonly id: string;
  /** SUCCESS, FAILURE, WARNING, INFO or SKIPPED; kept as it was found. */
  readonly status: string;
  readonly message?: string;
}

interface RecordedCheck {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** @param folder the suite's output folder: of one run, since the suite adds to what it finds. */
export function readChecks(folder: string): readonly Check[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => basename(path) === 'checks.json')
    .toSorted()
    .flatMap((path) => checksOf(scenarioOf(dirname(path)), readFileSync(join(folder, path), 'utf8')));
}

/** The name of the scenario is in that of its folder: `server-ping-2026-07-28T09-00-00-000Z`. */
export function scenarioOf(folder: string): string {
  return folder.replace(/^server-(?=.*-\d{4}-\d\d-\d\dT)/, '').replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '');
}

/** @param text what a `checks.json` holds. */
export function checksOf(scenario: string, text: string): readonly Check[] {
  return (JSON.parse(text) as readonly RecordedCheck[]).map(({ id, status, errorMessage }) => ({
    scenario,
    id,
    status,
    ...(errorMessage !== undefined && { message: errorMessage }),
  }));
}
