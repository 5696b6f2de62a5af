/** Makes the site of the documentation: `npm run site`, and `npm run site -- dev` to look at it while it is written. */

import { spawnSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { deadLinks } from './dead-links.ts';
import { layOutPages } from './pages.ts';
import { buildPlayPage } from './play.ts';

const [play, pages, www] = ['out/site/play', 'out/site/pages', 'out/site/www'] as const;
const packages = 'site/pages/node_modules';
const vitepress = `${packages}/vitepress/bin/vitepress.js`;

const [command = 'build', ...others] = process.argv.slice(2);
if (!existsSync(vitepress)) stopWith('VitePress is not installed: npm run site:install');
if (!['build', 'dev', 'preview'].includes(command))
  stopWith(`usage: npm run site [-- build|dev|preview [--base /PATH/]]`);

if (command !== 'preview') {
  await buildPlayPage(play);
  await layOutPages(pages, play);
  // VitePress looks for its own parts above the pages, too.
  if (!existsSync('out/site/node_modules')) symlinkSync(resolve(packages), 'out/site/node_modules', 'junction');
}
// Building the page of sessions has said that it is for production, which serving pages while they are written is not.
delete process.env['NODE_ENV'];
const { status } = spawnSync(process.execPath, [vitepress, command, 'site/pages', ...others], { stdio: 'inherit' });
if (status !== 0) stopWith(`vitepress ${command} ended with ${status}`);
if (command === 'build') {
  const dead = deadLinks(www, baseIn(others));
  if (dead.length > 0) stopWith(`Links that lead nowhere:\n${dead.join('\n')}`);
  console.log(`The site is in ${www}`);
}

function baseIn(options: readonly string[]): string {
  const place = options.indexOf('--base');
  return place < 0 ? '/' : (options[place + 1] ?? '/');
}

function stopWith(problem: string): never {
  console.error(problem);
  process.exit(1);
}
