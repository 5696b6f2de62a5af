/** How a page is built that needs nothing from anywhere else: what the inspector's page and that of the site have in common. */

import { relative } from 'node:path';
import type { InlineConfig } from 'vite';

/**
 * @param root where its `index.html` is.
 * @param folder it is written to, which is emptied first.
 */
export function pageSettings(root: string, folder: string): InlineConfig {
  return {
    root,
    configFile: false,
    envDir: false,
    // A page is found at any address that ends with a slash.
    base: './',
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: relative(root, folder),
      emptyOutDir: true,
      target: 'es2023',
      // What stands in the page itself as data would have to be allowed by its content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  };
}
