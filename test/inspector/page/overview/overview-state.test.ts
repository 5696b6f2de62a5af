import { expect, test } from 'vitest';
import { chosenKey, filterText, showsChart, sorting } from '../../../../src/inspector/page/overview/overview-state.ts';

test('an overview that nobody has touched shows every session in its order, and the chart', () => {
  expect([filterText.value, sorting.value, chosenKey.value, showsChart.value]).toEqual([
    '',
    undefined,
    undefined,
    true,
  ]);
});
