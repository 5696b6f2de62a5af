/** Every link of a finished site that leads nowhere: to a page that is not there, or to a part that its page has not. */

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

const decode = (text: string): string => decodeURIComponent(text.replaceAll('&amp;', '&'));

/** @param folder of the site. @param base what stands before every path, with a slash at both ends. @returns a sentence each. */
export function deadLinks(folder: string, base: string): readonly string[] {
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(sep).join('/'))
    .filter((name) => name.endsWith('.html'));
  const ids = new Map(pages.map((page) => [page, idsIn(readFileSync(join(folder, page), 'utf8'))]));
  return pages.flatMap((page) => {
    const hrefs = [...readFileSync(join(folder, page), 'utf8').matchAll(/ (?:href|src)="([^"]*)"/g)];
    const dead = hrefs.map(([, href = '']) => decode(href)).filter((href) => leadsNowhere(page, href));
    return [...new Set(dead)].map((href) => `${page} leads to ${href}`);
  });

  function leadsNowhere(page: string, href: string): boolean {
    if (/^[a-z]+:/i.test(href)) return false;
    const [path = '', anchor = ''] = href.split('#');
    const absolute = path.startsWith(base) ? path.slice(base.length) : posix.join(posix.dirname(page), path);
    const file = path === '' ? page : fileAt(folder, absolute);
    if (file === undefined) return true;
    return anchor !== '' && ids.has(file) && !ids.get(file)!.has(anchor);
  }
}

/** As a server looks for it. */
function fileAt(folder: string, path: string): string | undefined {
  const name = path === '.' ? '' : path;
  return [name, `${name}.html`, posix.join(name, 'index.html')].find((candidate) => {
    const file = join(folder, candidate);
    return existsSync(file) && statSync(file).isFile();
  });
}

function idsIn(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => decode(id)));
}
