/** Pages of the repository as the site has them: their links, their pictures, and where they stand. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { linkBetween, placeOf } from '../../scripts/site/page-map.ts';
import { stagedPage } from '../../scripts/site/staged-page.ts';
import { landing } from '../../scripts/site/landing.ts';
import { navigationOf } from '../../scripts/site/navigation.ts';

const there: Readonly<Record<string, 'file' | 'folder'>> = {
  'README.md': 'file',
  'docs/guides/wrap.md': 'file',
  'docs/guides/images/a.png': 'file',
  'docs/reference': 'folder',
  'docs/grafana/n.json': 'file',
  machines: 'folder',
  'src/core.ts': 'file',
};

async function staged(text: string, file = 'docs/guides/hooks.md') {
  const path = placeOf(file, false).path;
  const draw = async (mermaid: string): Promise<string> => Promise.resolve(`<svg>${mermaid.length}</svg>`);
  return stagedPage(text, { file, path, look: (name) => there[name], draw });
}

describe('a page of the site', () => {
  test('leads to where the site has what it led to', async () => {
    const text = '[a](wrap.md#x) [b](../../README.md) [c](../reference/) [d](../../src/core.ts) [e](../../machines/)';
    expect(await staged(`${text} [f](../grafana/n.json) ![g](images/a.png)`)).toEqual({
      text: '[a](./wrap.md#x) [b](../readme.md) [c](../reference/index.md) [d](../source/src/core.ts.md) [e](../source/machines/index.md) [f](../grafana/n.json) ![g](./images/a.png)',
      leadsTo: ['src/core.ts', 'machines', 'docs/grafana/n.json', 'docs/guides/images/a.png'],
    });
    expect((await staged('[a](docs/guides/wrap.md)', 'README.md')).text).toBe('[a](./guides/wrap.md)');
    expect((await staged('<img src="images/a.png" />')).text).toBe('<img src="./images/a.png" />');
  });

  test('keeps addresses, places on itself, and what is shown as code', async () => {
    const text = '[a](https://example.com/x.md) [b](#there)\n\n```md\n[c](nowhere.md)\n```\n';
    expect(await staged(text)).toEqual({ text, leadsTo: [] });
  });

  test('that leads nowhere is an error', async () => {
    await expect(staged('[a](gone.md)')).rejects.toThrow('docs/guides/hooks.md leads to gone.md, which is not there');
  });

  test('has its diagrams drawn', async () => {
    expect((await staged('before\n\n```mermaid\nabc\n```\n\nafter')).text).toBe('before\n\n<svg>4</svg>\n\nafter');
  });
});

test('links between pages are relative', () => {
  expect([linkBetween('a/b.md', 'a/c.md'), linkBetween('a/b.md', 'c.md'), linkBetween('b.md', 'a/c.md')]).toEqual([
    './c.md',
    '../c.md',
    './a/c.md',
  ]);
});

test('the first page says what the README says', () => {
  const readme = readFileSync('README.md', 'utf8');
  const page = landing(readme, 'It is this: and does that.');
  expect(page).toContain('text: "It is this"\n  tagline: "And does that."');
  const [, front = '', body = ''] = page.split(/^---$/m);
  expect(front).toContain('link: /play/');
  expect(body.match(/^## .+$/gm)).toEqual(['## Try it', '## The problem']);
  for (const part of body.trim().split('\n\n').slice(0, -1)) expect(readme).toContain(part);
  expect(() => landing(readme.replace('## Try it', '## Use it'), 'a: b')).toThrow("no section 'Try it'");
});

test('pages stand at the side by what they are for, decisions in their order', () => {
  const paths = ['decisions/0002-b.md', 'decisions/0001-z.md', 'decisions/index.md', 'guides/b.md', 'index.md', 'x.md'];
  const groups = navigationOf(paths.map((path) => ({ path, title: path })));
  const links = (text: string) => groups.find((group) => group.text === text)?.items.map(({ link }) => link);
  expect(links('Decisions')).toEqual(['/decisions/', '/decisions/0001-z', '/decisions/0002-b']);
  expect([links('Guides'), links('How it is built, and proved')]).toEqual([['/guides/b'], ['/x']]);
});
