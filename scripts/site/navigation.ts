/** What stands at the side of every page: all pages, by what they are for. */

export interface SitePage {
  /** From the root of the site. */
  readonly path: string;
  readonly title: string;
}

export interface NavigationGroup {
  readonly text: string;
  readonly collapsed: boolean;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

interface Group {
  readonly text: string;
  readonly has: (path: string) => boolean;
}

const begin = ['readme.md', 'questions.md', 'stability.md', 'changelog.md', 'contributing.md', 'report-a-hole.md'];

const groups: readonly Group[] = [
  { text: 'Begin', has: (path) => begin.includes(path) },
  { text: 'Guides', has: (path) => path.startsWith('guides/') },
  { text: 'Reference', has: (path) => path.startsWith('reference/') },
  { text: 'Charts', has: (path) => path.startsWith('charts/') },
  { text: 'How it is built, and proved', has: (path) => !path.includes('/') && !begin.includes(path) },
  { text: 'Decisions', has: (path) => path.startsWith('decisions/') },
  { text: 'API', has: (path) => path.startsWith('api/') },
];

/** Left out of it: the first page, and those that a link alone leads to. */
export function navigationOf(pages: readonly SitePage[]): readonly NavigationGroup[] {
  const listed = pages.filter(
    ({ path }) => path !== 'index.md' && path !== 'license.md' && !path.startsWith('source/'),
  );
  return groups.map(({ text, has }) => ({
    text,
    collapsed: text === 'Decisions' || text === 'API',
    items: listed
      .filter(({ path }) => has(path))
      .sort((one, other) => orderOf(one).localeCompare(orderOf(other), 'en'))
      .map(({ path, title }) => ({ text: title, link: linkOf(path) })),
  }));
}

export function linkOf(path: string): string {
  return `/${path.replace(/(?:index)?\.md$/, '')}`;
}

/** Decisions by their number, the first pages as they are read, everything else by name. */
function orderOf({ path, title }: SitePage): string {
  const place = begin.indexOf(path);
  if (place >= 0) return String(place);
  if (path.endsWith('/index.md')) return '';
  return path.startsWith('decisions/') ? path : title.toLowerCase();
}
