import { expect, test } from 'vitest';
import {
  chosenKey,
  filterText,
  pickState,
  pickedState,
  showsChart,
  sorting,
} from '../../../../src/inspector/page/overview/overview-state.ts';

test('an overview that nobody has touched shows every session in its order, and the chart', () => {
  expect([filterText.value, sorting.value, chosenKey.value, showsChart.value]).toEqual([
    '',
    undefined,
    undefined,
    true,
  ]);
});

test('a state that is picked is a filter, and picked again it is none', () => {
  pickState('active.serving');
  expect(pickedState(filterText.value)).toBe('active.serving');
  pickState('closed');
  expect(filterText.value).toBe('state == "closed"');
  pickState('closed');
  expect(filterText.value).toBe('');
  expect(pickedState('state == "closed" && pending > 0')).toBeUndefined();
});
