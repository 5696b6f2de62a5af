/** Dark or light, as the pages of the site have it: as the system says, until somebody says otherwise on any of them. */

/** Where VitePress keeps it: `dark`, `light`, or `auto`. */
const key = 'vitepress-theme-appearance';

export function restoreSiteTheme(): void {
  const stored = localStorage.getItem(key);
  if (stored === 'dark' || stored === 'light') document.documentElement.dataset['theme'] = stored;
}

/** To the other one of the two, for all pages of the site. */
export function turnSiteTheme(): void {
  const { dataset } = document.documentElement;
  const isDark =
    dataset['theme'] === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : dataset['theme'] === 'dark';
  const theme = isDark ? 'light' : 'dark';
  localStorage.setItem(key, theme);
  dataset['theme'] = theme;
}
