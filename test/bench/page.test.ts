import { describe, expect, test } from 'vitest';
import { type Bench, single } from './measure.ts';
import { sectionOf, standingOf, withSection } from './page.ts';

const bench = (title: string): Bench => ({
  name: title.toLowerCase(),
  title,
  about: `About ${title}.`,
  measure: () => Promise.resolve([]),
});
const benches = ['Speed', 'Weight', 'Age'].map(bench);
const machine = {
  date: '2026-11-01',
  cpu: 'Abacus',
  cores: 2,
  node: '20.19.0',
  system: 'Linux 6.1',
  loadBefore: '0.1',
  loadAfter: '0.9',
};
const section = (index: number, value: number): string =>
  sectionOf({ bench: benches[index]!, measures: [single('it', 'us', value)] }, machine, 9);
const titles = (page: string): readonly string[] => [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title);

describe('the page of the benches', () => {
  test('keeps what was measured before, in the order of the benches', () => {
    let page = '';
    for (const index of [2, 0, 1]) page = withSection(page, section(index, index + 10), benches);
    expect(titles(page)).toEqual(['Speed', 'Weight', 'Age']);
    expect(page.match(/^# Benchmarks$/gm)).toHaveLength(1);
    expect(page).toContain('| 10.0 us');
  });

  test('has a section that was measured again once, with its new figures', () => {
    const page = withSection(withSection('', section(1, 5), benches), section(1, 7), benches);
    expect(titles(page)).toEqual(['Weight']);
    expect(page).toContain('7.00 us');
    expect(page).not.toContain('5.00 us');
  });

  test('forgets a bench that is no more', () => {
    const page = withSection(withSection('', section(1, 5), benches), section(0, 7), benches.slice(0, 1));
    expect(titles(page)).toEqual(['Speed']);
  });

  test('says of each section where and how it was measured', () => {
    expect(section(0, 5)).toMatch(
      /2026-11-01, in 9 rounds: Abacus, 2 cores, Node 20\.19\.0.*load average 0\.1\s+when it began and 0\.9/s,
    );
  });
});

describe('a target', () => {
  const standing = (low: number, high: number): string =>
    standingOf({ name: 'it', unit: 'x', value: 1, interval: { low, high }, target: { most: 1.3 } });

  test('is met or missed when the whole interval says so, and open else', () => {
    expect([standing(1, 1.3), standing(1.31, 2), standing(1.2, 1.4)]).toEqual(['met', 'missed', 'open']);
  });
});
