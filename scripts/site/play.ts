/**
 * Makes the page of the site on which a visitor drives a session: a few files that need nothing from anywhere else. The session in it is
 * that of `ninelives/core`, bundled for browsers. Knows nothing of the pages around it.
 */

import { relative } from 'node:path';

const root = 'site/play';

/** @param folder it is written to, which is emptied first. */
export async function buildPlayPage(folder: string): Promise<void> {
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    envDir: false,
    // The site may be served below any address.
    base: './',
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: relative(root, folder),
      emptyOutDir: true,
      target: 'es2023',
      // Tapes are fetched when somebody wants to see them.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
}
