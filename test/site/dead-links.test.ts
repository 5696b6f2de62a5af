import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { deadLinks } from '../../scripts/site/dead-links.ts';

const folder = mkdtempSync(join(tmpdir(), 'dead-links-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('links to pages, files and parts of pages are told from those that lead nowhere', () => {
  mkdirSync(join(folder, 'guides'));
  const live = '<a href="/base/guides/a#part"> <a href="./guides/a.html"> <a href="#top"> <img src="/base/b.png">';
  writeFileSync(join(folder, 'b.png'), '');
  writeFileSync(join(folder, 'index.html'), `<h1 id="top"> ${live} <a href="https://example.com/"> <a href="/base/">`);
  const dead = '<a href="../index.html#gone"> <a href="/base/gone"> <a href="/guides/a"> <a href="b">';
  writeFileSync(join(folder, 'guides/a.html'), `<h2 id="part"> <a href="../"> ${dead}`);
  expect(deadLinks(folder, '/base/')).toEqual(
    ['../index.html#gone', '/base/gone', '/guides/a', 'b'].map((href) => `guides/a.html leads to ${href}`),
  );
});
