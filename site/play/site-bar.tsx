/** The bar at the top: back to the pages of the site, and the theme, which both share. */

import { turnSiteTheme } from './site-theme.ts';

export function SiteBar() {
  return (
    <header class="bar">
      <a class="brand" href="../">
        Ninelives
      </a>
      <nav aria-label="Site">
        <a href="./" aria-current="page">
          Drive a session
        </a>
        <a href="../charts/session.html">The chart</a>
        <a href="../guides/tapes.html">Tapes</a>
      </nav>
      <span class="push" />
      <button type="button" class="plain" onClick={turnSiteTheme} aria-label="Dark or light">
        Theme
      </button>
    </header>
  );
}
