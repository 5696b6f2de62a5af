/** Lays the pages of the site out in a folder, for the program that makes HTML of them. */

import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import type { ChartLayout } from '../../src/inspector/layouts/chart-layout.ts';
import { type Drawings, chartFigure } from './chart-figure.ts';
import { flowchartFigure } from './flowchart.ts';
import { landing } from './landing.ts';
import { type SitePage, navigationOf } from './navigation.ts';
import { linkBetween, placeOf } from './page-map.ts';
import { stagedPage } from './staged-page.ts';

const charts = ['session', 'upstream', 'supervisor'];
const beside = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'];
/** Of what is served as it is; the pages beside it are made of their own text. */
const images = /\.(?:png|svg)$/;

/** @param folder it is emptied first. @param play where the page is that drives sessions. */
export async function layOutPages(folder: string, play: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const texts = new Map<string, string>();
  const leadsTo = new Set<string>();
  const docs = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map(
    (name) => `docs/${name.split(sep).join('/')}`,
  );
  for (const file of [...beside, ...docs.filter((name) => name.endsWith('.md'))]) {
    const { path } = placeOf(file, false);
    const staged = await stagedPage(readFileSync(file, 'utf8'), { file, path, look, draw });
    for (const found of staged.leadsTo) leadsTo.add(found);
    texts.set(path, file.startsWith('docs/api/') ? asReport(staged.text, path) : staged.text);
  }
  const { description } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly description: string };
  texts.set('index.md', landing(texts.get('readme.md')!, description));
  texts.set('license.md', shown('LICENSE', readFileSync('LICENSE', 'utf8')));
  addSources(leadsTo, texts, folder);
  for (const inside of new Set(
    docs
      .filter((file) => file.endsWith('.md'))
      .map((file) => dirname(file))
      .filter((name) => name !== 'docs'),
  )) {
    const path = placeOf(inside, true).path;
    if (!texts.has(path)) texts.set(path, contents(path, texts));
  }
  for (const [path, text] of texts) write(join(folder, path), text);
  for (const file of docs.filter((name) => images.test(name))) write(join(folder, file.slice(5)), readFileSync(file));
  cpSync(play, join(folder, 'public/play'), { recursive: true });
  cpSync('src/inspector/page/icon.svg', join(folder, 'public/icon.svg'));
  const pages: SitePage[] = [...texts].map(([path, text]) => ({ path, title: titleOf(text) ?? path }));
  writeFileSync(join(folder, 'navigation.json'), JSON.stringify(navigationOf(pages), undefined, 2));
}

/** Each file that a page leads to, as a page; and what a folder of them holds. */
function addSources(leadsTo: ReadonlySet<string>, texts: Map<string, string>, folder: string): void {
  for (const file of leadsTo) {
    const isFolder = look(file) === 'folder';
    const placed = placeOf(file, isFolder);
    if (placed.kind === 'file') {
      if (!images.test(file)) write(join(folder, 'public', placed.path), readFileSync(file));
      continue;
    }
    if (!isFolder) {
      texts.set(placed.path, shown(file, readFileSync(file, 'utf8')));
      continue;
    }
    const files = readdirSync(file).filter((name) => look(`${file}/${name}`) === 'file');
    for (const name of files) {
      const path = `${file}/${name}`;
      texts.set(placeOf(path, false).path, shown(path, readFileSync(path, 'utf8')));
    }
    const items = files.map(
      (name) => `- [${name}](${linkBetween(placed.path, placeOf(`${file}/${name}`, false).path)})`,
    );
    texts.set(placed.path, `# ${file}\n\n${items.join('\n')}\n`);
  }
}

function shown(file: string, text: string): string {
  const language = posix.extname(file).slice(1);
  // More ticks than the text has anywhere.
  return `# ${file}\n\n\`\`\`\`\`${language === 'mjs' ? 'js' : language}\n${text.trimEnd()}\n\`\`\`\`\`\n`;
}

/** Reports of the API have no title of the first level, and name the package in each. */
function asReport(text: string, path: string): string {
  const name = posix.basename(path, '.api.md');
  const title = name === 'ninelives' ? name : `ninelives/${name}`;
  return text.replace(/^## .+$/m, `# ${title}`);
}

function contents(path: string, texts: ReadonlyMap<string, string>): string {
  const folder = posix.dirname(path);
  const items = [...texts]
    .filter(([other]) => posix.dirname(other) === folder)
    .map(([other, text]) => `- [${titleOf(text) ?? other}](${linkBetween(path, other)})`);
  return `# ${folder.slice(0, 1).toUpperCase()}${folder.slice(1)}\n\n${items.join('\n')}\n`;
}

function titleOf(text: string): string | undefined {
  return /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '');
}

/** State diagrams of our charts are drawn as the inspector draws them. */
async function draw(mermaid: string): Promise<string> {
  if (!mermaid.startsWith('stateDiagram')) return flowchartFigure(mermaid);
  const drawn = charts.map(drawingsOf).find(({ wide }) => {
    const names = wide.states.filter(({ inside }) => inside === undefined).map(({ name }) => name);
    return names.every((name) => new RegExp(`^ +(?:state )?${name}\\b`, 'm').test(mermaid));
  });
  if (drawn === undefined) throw new Error(`No chart of ours: ${mermaid}`);
  return chartFigure(drawn);
}

function drawingsOf(chart: string): Drawings {
  const read = (shape: string): ChartLayout =>
    JSON.parse(readFileSync(`src/inspector/layouts/${chart}-${shape}.json`, 'utf8')) as ChartLayout;
  return { narrow: read('narrow'), wide: read('wide') };
}

function look(path: string): 'file' | 'folder' | undefined {
  if (!existsSync(path)) return undefined;
  return statSync(path).isDirectory() ? 'folder' : 'file';
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
