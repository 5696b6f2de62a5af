/** How VitePress makes the site of pages that `scripts/site` has laid out. Nothing in it comes from another server. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const out = new URL('../../../out/site/', import.meta.url);
const place = (name) => fileURLToPath(new URL(name, out));
const sidebar = JSON.parse(readFileSync(new URL('pages/navigation.json', out), 'utf8'));
const first = (title) => sidebar.find(({ text }) => text === title).items[0].link;

export default {
  lang: 'en-GB',
  title: 'Ninelives',
  description: 'A session runtime for Model Context Protocol proxies, and the proxy built on it.',
  srcDir: place('pages'),
  outDir: place('www'),
  cacheDir: place('cache'),
  head: [['link', { rel: 'icon', href: '/icon.svg' }]],
  // Whatever leads nowhere ends the build; scripts/site/dead-links.ts looks for parts of pages as well.
  ignoreDeadLinks: false,
  metaChunk: true,
  // The words that search knows are one file, fetched when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  markdown: { theme: { light: 'github-light', dark: 'github-dark' } },
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    docFooter: { prev: false, next: false },
    nav: [
      { text: 'Guides', link: first('Guides'), activeMatch: '^/guides/' },
      { text: 'Reference', link: first('Reference'), activeMatch: '^/reference/' },
      { text: 'Charts', link: first('Charts'), activeMatch: '^/charts/' },
      { text: 'Decisions', link: first('Decisions'), activeMatch: '^/decisions/' },
      { text: 'Drive a session', link: '/play/index.html', target: '_self' },
    ],
    sidebar,
  },
};
