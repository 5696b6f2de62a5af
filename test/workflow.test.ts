/** The workflow runs what the package has, on what the package is for. Whether it passes, only its own runs can say. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps: readonly Step[];
}

const { on, concurrency, jobs } = parse(readFileSync('.github/workflows/ci.yml', 'utf8')) as {
  readonly on: Readonly<Record<string, unknown>>;
  readonly concurrency: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
};
const { engines, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
};
const matrix = jobs['test']?.strategy?.matrix ?? {};
const stepsOf = (name: string): readonly Step[] => jobs[name]?.steps ?? [];
const runsOf = (name: string): readonly string[] => stepsOf(name).flatMap(({ run }) => run ?? []);

describe('the workflow', () => {
  test('tests on three systems, from the oldest Node that the package takes', () => {
    expect(matrix['os']).toEqual(['ubuntu-latest', 'macos-latest', 'windows-latest']);
    expect(matrix['node']?.every((version) => /^\d\d(?:\.\d+)?$/.test(version))).toBe(true);
    expect(`>=${matrix['node']?.[0]}`).toBe(engines.node);
  });

  test('builds, lints and tests by the commands of the package', () => {
    expect(runsOf('test')).toEqual(['npm ci', 'npm run build', 'npm run lint && npm run format:check', 'npm test']);
    const commands = Object.keys(jobs).flatMap(runsOf).join('\n');
    const named = [...commands.matchAll(/npm (?:run )?([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => name !== 'ci' && scripts[name] === undefined)).toEqual([]);
  });

  test('runs the conformance suite every night', () => {
    expect(on['schedule']).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) as string }]);
    expect(runsOf('conformance')).toContain('npm run conformance');
  });

  test.each(Object.keys(jobs))('gives %s a limited time, and actions of a known major version', (name) => {
    expect(jobs[name]?.['timeout-minutes']).toBeGreaterThan(0);
    expect(
      stepsOf(name)
        .flatMap(({ uses }) => uses ?? [])
        .filter((uses) => !/^actions\/[\w-]+@v\d+$/.test(uses)),
    ).toEqual([]);
    for (const step of stepsOf(name)) expect([step.uses, step.run].filter(Boolean)).toHaveLength(1);
  });

  test('gives up an older run of a branch for a newer one', () => {
    expect(concurrency.group).toContain('github.ref');
  });
});
