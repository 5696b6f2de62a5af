/**
 * Makes the page of the site on which a visitor drives a session: a few files that need nothing from anywhere else. The session in it is
 * that of `ninelives/core`, bundled for browsers. Knows nothing of the pages around it.
 */

import { pageSettings } from '../build/vite-page.ts';

/** @param folder it is written to, which is emptied first. */
export async function buildPlayPage(folder: string): Promise<void> {
  const { build } = await import('vite');
  await build(pageSettings('site/play', folder));
}
