/** What somebody has set up in the overview: kept while the page is open, so that coming back finds it as it was left. */

import { signal } from '@preact/signals';
import type { Sorting } from './columns.ts';

export const filterText = signal('');
export const sorting = signal<Sorting | undefined>(undefined);
/** The key of the row that the keyboard is on. */
export const chosenKey = signal<string | undefined>(undefined);
export const showsChart = signal(true);

/** The state that a filter asks for, where it asks for one and nothing else. */
export function pickedState(text: string): string | undefined {
  return /^state == "([\w.]+)"$/.exec(text)?.[1];
}

/** Shows the sessions in this state alone, or all again. */
export function pickState(state: string): void {
  filterText.value = pickedState(filterText.value) === state ? '' : `state == "${state}"`;
}
