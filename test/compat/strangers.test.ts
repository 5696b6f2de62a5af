/** What the page of the strangers promises without a run: `npm run strangers` visits them. */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = 'test/compat/strangers';
const programs = readdirSync(folder).filter((file) => /-(?:plain|wrapped.*)\.ts$/.test(file));
const linesOf = (file: string): number => readFileSync(`${folder}/${file}`, 'utf8').trimEnd().split('\n').length;

test('every program that puts a session around a stranger is shorter than 40 lines', () => {
  expect(programs.length).toBe(7);
  expect(programs.filter((file) => linesOf(file) >= 40)).toEqual([]);
});

test('the page shows every one of them, as long as it is', () => {
  const page = readFileSync('docs/embedding-strangers.md', 'utf8');
  for (const file of programs) {
    expect(page).toContain(`[${linesOf(file)}](../${folder}/${file})`);
  }
});

test('what is installed for them is pinned', () => {
  const { dependencies } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  expect(Object.values(dependencies).every((version) => /^\d/.test(version))).toBe(true);
  expect(existsSync(`${folder}/package-lock.json`)).toBe(true);
});
