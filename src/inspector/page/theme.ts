/** Dark or light: as the system says, until a person says otherwise in this browser. */

import { signal } from '@preact/signals';

export const themes = ['system', 'light', 'dark'] as const;

export type Theme = (typeof themes)[number];

const key = 'ninelives.theme';

export const theme = signal<Theme>('system');

/** What stands in storage, where it is a theme. */
export function themeIn(stored: string | null): Theme {
  return themes.find((name) => name === stored) ?? 'system';
}

/** The one that comes after it, round and round. */
export function nextTheme(now: Theme): Theme {
  return themes[(themes.indexOf(now) + 1) % themes.length]!;
}

/** Shows the theme that was chosen in this browser. */
export function restoreTheme(): void {
  showTheme(themeIn(localStorage.getItem(key)));
}

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(key, chosen);
  showTheme(chosen);
}

function showTheme(shown: Theme): void {
  theme.value = shown;
  if (shown === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = shown;
}
