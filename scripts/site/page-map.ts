/**
 * Which page of the site shows which file of the repository: pages of docs under their own names, the README and its like beside them,
 * and every other file that a page leads to as a page with its text. Knows paths and nothing of what is in the files.
 */

import { posix } from 'node:path';

/** Pages that stand elsewhere on the site than in the repository. */
const moved: Readonly<Record<string, string>> = {
  'README.md': 'readme.md',
  'CHANGELOG.md': 'changelog.md',
  'CONTRIBUTING.md': 'contributing.md',
  'SECURITY.md': 'report-a-hole.md',
  LICENSE: 'license.md',
  'docs/README.md': 'questions.md',
  'docs/decisions/README.md': 'decisions/index.md',
};

/** What becomes of a file that a page leads to. */
export type Placed =
  /** It is a page. */
  | { readonly kind: 'page'; readonly path: string }
  /** It is served as it is. */
  | { readonly kind: 'file'; readonly path: string }
  /** Its text is shown on a page made for it: of a folder, its files. */
  | { readonly kind: 'source'; readonly path: string };

/** @param file from the root of the repository, a folder without a slash at its end. @param isFolder it is one. */
export function placeOf(file: string, isFolder: boolean): Placed {
  const known = moved[file];
  if (known !== undefined) return { kind: 'page', path: known };
  const inDocs = /^docs\/(.+)$/.exec(file)?.[1];
  if (inDocs === undefined) return { kind: 'source', path: `source/${file}${isFolder ? '/index' : ''}.md` };
  if (isFolder) return { kind: 'page', path: `${inDocs}/index.md` };
  return inDocs.endsWith('.md') ? { kind: 'page', path: inDocs } : { kind: 'file', path: inDocs };
}

/** @param from the page that leads there. Both from the root of the site. */
export function linkBetween(from: string, to: string): string {
  const link = posix.relative(posix.dirname(from), to);
  return link.startsWith('.') ? link : `./${link}`;
}
