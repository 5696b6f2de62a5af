import { describe, expect, test } from 'vitest';
import { countedRows, metricRows } from '../../src/observe/metrics-table.ts';
import { counterNames } from '../../src/session/counters.ts';

describe('the table of metrics', () => {
  test('has every counter of a session in exactly one metric', () => {
    const counted = countedRows.flatMap(({ counters }) => counters);
    expect(counted.toSorted()).toEqual(counterNames.toSorted());
  });

  test('names each metric once, with a unit as UCUM writes it', () => {
    const names = metricRows.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, unit } of metricRows) {
      expect(name).toMatch(/^(?:mcp|ninelives)(?:\.[a-z_]+)+$/);
      expect(unit).toMatch(/^(?:s|By|1|\{[a-z]+\})$/);
    }
  });

  test('has no attribute that could be an id', () => {
    const attributes = metricRows.flatMap((row) => row.attributes);
    expect(attributes.filter((name) => /(?:^|[._])(?:id|uri|session)$/.test(name))).toEqual([]);
  });
});
