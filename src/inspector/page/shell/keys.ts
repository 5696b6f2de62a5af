/** The keys of the page, as they are listed and as they are told from typing. */

export interface KeyRow {
  readonly keys: readonly string[];
  readonly does: string;
}

export const keyRows: readonly KeyRow[] = [
  { keys: ['j', 'k', '↓', '↑'], does: 'next and previous row' },
  { keys: ['Enter'], does: 'open the row' },
  { keys: ['/'], does: 'filter' },
  { keys: ['Esc'], does: 'back' },
  { keys: ['g'], does: 'show or hide the chart of all sessions' },
  { keys: ['h'], does: 'held frames' },
  { keys: ['n', 'p'], does: 'next and previous event, where one is shown' },
  { keys: ['[', ']'], does: 'one event back or forward in a session, with Shift ten' },
  { keys: ['Home', 'End'], does: 'to the oldest and the newest event' },
  { keys: ['t'], does: 'theme: as the system, light, dark' },
  { keys: ['?'], does: 'these keys' },
];

/** Whether a key goes into something that is typed into. */
export function isTyping(event: Pick<KeyboardEvent, 'target'>): boolean {
  const { target } = event;
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
