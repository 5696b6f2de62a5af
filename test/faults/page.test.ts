/** The page says what the tests of the faults demand, fault by fault. */

import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';

import { testedWaysOf } from './fault.ts';
import { themes } from './list.ts';
import { columnsOf, results, whyNot, withResults } from './page.ts';

const page = 'docs/faults.md';

test('docs/faults.md has the verdicts of the list', async () => {
  const text = readFileSync(page, 'utf8');
  const wanted = withResults(
    text,
    results(themes, ({ verdicts }, way) => verdicts[way]),
  );
  const options = { ...(await resolveConfig(page)), parser: 'markdown' };
  expect(text, 'run npm run faults -- --write').toBe(await format(wanted, options));
});

test('a fault that cannot happen on a way has a place that says why, and what stands around the results stays', () => {
  const fault = { name: 'a | b', verdicts: { 'http to http': 'result' }, run: async () => 'result' };
  const section = results([{ name: 'theme', faults: [fault] }], ({ verdicts }, way) => verdicts[way]);
  expect(section.split('\n').at(-1)).toBe(String.raw`| a \| b | result |`);
  expect(whyNot(fault, 'http to stdio')).toBe('_no network_');
  expect(whyNot({ ...fault, verdicts: { 'http to stdio': 'result' } }, 'http to http')).toBe('_no child_');
  expect(whyNot({ ...fault, verdicts: { 'http to stdio': 'result', 'http to http': 'result' } }, 'stdio to http')).toBe(
    '_no HTTP client_',
  );
  expect(section).toMatch(/^## Theme\n/);
  const before = 'before\n\n<!-- results -->\n\nold\n\n<!-- end of results -->\n\nafter\n';
  expect(withResults(before, 'new')).toBe(before.replace('old', 'new'));
});

test('every fault has a name of its own, and happens somewhere', () => {
  const faults = themes.flatMap((theme) => theme.faults);
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  expect(faults.filter(({ verdicts }) => Object.keys(verdicts).length === 0)).toEqual([]);
});

test('every fault happens on one way at least in every run of the tests', () => {
  const faults = themes.flatMap((theme) => theme.faults);
  expect(faults.filter((fault) => testedWaysOf(fault).length === 0).map(({ name }) => name)).toEqual([]);
});

test('no place of the tables is blank: where a fault cannot happen it is said why', () => {
  const blank = themes.flatMap(({ faults }) =>
    faults.flatMap((fault) =>
      columnsOf(faults)
        .filter((way) => fault.verdicts[way] === undefined && whyNot(fault, way) === '')
        .map((way) => `${fault.name}, ${way}`),
    ),
  );
  expect(blank).toEqual([]);
});
