/** Runs one suite one way and reads what it found. Everything that was started for it has ended afterwards. */

import { once } from 'node:events';
import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { type Check, readChecks } from './checks.ts';
import type { Way } from './modes.ts';
import { startGroup, stopGroup } from './process-group.ts';
import { newerNode, suiteHome } from './programs.ts';
import type { Suite } from './suites.ts';

export interface Run {
  readonly checks: readonly Check[];
  readonly seconds: number;
}

const suiteMsMax = 15 * 60_000;

/**
 * @param folder for results and logs; what is in it from an earlier run is removed.
 * @param scenario only this one.
 * @returns no checks when the suite does not have the scenario, or did not come to run any.
 */
export async function runSuite(suite: Suite, way: Way, folder: string, scenario?: string): Promise<Run> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const before = performance.now();
  const results = `${folder}/results`;
  mkdirSync(results);
  const exits =
    way.direction === 'server'
      ? await againstServer(suite, way, folder, scenario)
      : await againstClient(suite, way, folder, scenario);
  const checks = readChecks(results);
  return { checks: checks.length === 0 ? [] : [...checks, ...exits], seconds: (performance.now() - before) / 1000 };
}

async function againstServer(
  suite: Suite,
  way: Extract<Way, { direction: 'server' }>,
  folder: string,
  scenario: string | undefined,
): Promise<readonly Check[]> {
  const service = await way.start(`${folder}/`);
  try {
    const only = scenario === undefined ? suite.serverArgs : [...suite.scenarioArgs, '--scenario', scenario];
    await suiteProgram(
      suite,
      ['server', '--url', service.url, ...only, '-o', `${folder}/results`],
      `${folder}/suite.log`,
    );
  } finally {
    await service.stop();
  }
  return [];
}

/** One after the other, since only so the suite can be told which ones. A client may also fail without failing a check. */
async function againstClient(
  suite: Suite,
  way: Extract<Way, { direction: 'client' }>,
  folder: string,
  only: string | undefined,
): Promise<readonly Check[]> {
  const exits: Check[] = [];
  for (const scenario of suite.clientScenarios) {
    if (only !== undefined && scenario !== only) continue;
    const args = ['--command', way.line, ...suite.scenarioArgs, '--scenario', scenario, '-o', `${folder}/results`];
    const code = await suiteProgram(suite, ['client', ...args], `${folder}/${scenario}.log`);
    exits.push({ scenario, id: 'exit of the suite', status: `exit ${String(code)}` });
  }
  return exits;
}

/** @returns its exit code: not 0 when anything failed. */
async function suiteProgram(suite: Suite, args: readonly string[], log: string): Promise<number | null> {
  const program = `${suiteHome}/node_modules/${suite.package}/dist/index.js`;
  const child = startGroup([newerNode, program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const file = createWriteStream(log);
  child.stdout?.pipe(file, { end: false });
  child.stderr?.pipe(file, { end: false });
  try {
    const [code] = (await once(child, 'close', { signal: AbortSignal.timeout(suiteMsMax) })) as [number | null];
    return code;
  } finally {
    await stopGroup(child);
    file.end();
  }
}
