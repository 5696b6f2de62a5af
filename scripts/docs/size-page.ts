/**
 * docs/reference/size.md: what of the package ends up in the one file that a bundler makes for a page or a service, and how much the
 * inspector's page is.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { pageFolder } from '../build/page.ts';
import { code, table } from './markdown.ts';

export const sizePath = 'docs/reference/size.md';

export interface Size {
  readonly title: string;
  readonly bytes: number;
  readonly gzippedBytes: number;
}

interface Use {
  readonly title: string;
  /** What a program says, with the entries by the names of their files. */
  readonly program: string;
  readonly platform: 'browser' | 'node';
}

const uses: readonly Use[] = [
  {
    title: 'reading messages: `readMessage` of `ninelives/core`',
    program: `export { readMessage } from './dist/src/core.js';`,
    platform: 'browser',
  },
  {
    title: 'sessions: `createRuntime` and `openSession` of `ninelives/core`, with XState',
    program: `export { createRuntime, openSession } from './dist/src/core.js';`,
    platform: 'browser',
  },
  {
    title: 'all of `ninelives/core`',
    program: `export * from './dist/src/core.js';`,
    platform: 'browser',
  },
  {
    title: 'all of `ninelives`',
    program: `export * from './dist/src/index.js';`,
    platform: 'node',
  },
];

/** Needs the build. */
export async function measuredSizes(): Promise<readonly Size[]> {
  return Promise.all(uses.map(measured));
}

async function measured({ title, program, platform }: Use): Promise<Size> {
  const name = '\0program';
  const build = await rolldown({
    input: name,
    platform,
    plugins: [
      {
        name: 'program',
        resolveId: (source, importer) => {
          if (source === name) return name;
          return importer === name ? resolve(source) : null;
        },
        load: (id) => (id === name ? program : null),
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm', minify: true });
  await build.close();
  const bytes = Buffer.from(output.map((part) => (part.type === 'chunk' ? part.code : '')).join(''));
  return { title, bytes: bytes.length, gzippedBytes: gzipSync(bytes, { level: 9 }).length };
}

/** Of the built page: what a browser loads at first, and the part that follows with the first condition. Needs the build. */
export function pageSizes(): readonly Size[] {
  const files = ['', 'assets'].flatMap((folder) =>
    readdirSync(join(pageFolder, folder), { withFileTypes: true })
      // Packed forms are the same files once more.
      .filter((entry) => entry.isFile() && !/\.(?:br|gz)$/.test(entry.name))
      .map(({ name }) => ({ name, body: readFileSync(join(pageFolder, folder, name)) })),
  );
  const sizeOf = (title: string, isOf: (name: string) => boolean): Size => {
    const bodies = files.filter(({ name }) => isOf(name)).map(({ body }) => body);
    return {
      title,
      bytes: bodies.reduce((sum, body) => sum + body.length, 0),
      gzippedBytes: bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0),
    };
  };
  const isLater = (name: string): boolean => name.startsWith('cel-filter');
  return [
    sizeOf('as it is opened', (name) => !isLater(name)),
    sizeOf('with the first condition that is typed (CEL)', isLater),
    sizeOf('all of it', () => true),
  ];
}

/** @param ofPage the inspector's page. */
export function sizePage(sizes: readonly Size[], ofPage: readonly Size[]): string {
  return [
    '<!-- Written by npm run size (scripts/docs/size-page.ts) from what the bundler made. -->',
    '# Sizes',
    `What a bundler leaves of the package in one minified file, by what a program imports from it. Everything is counted, XState
included, and Node's own modules excepted. The package says that none of its modules does anything by being loaded
(${code('sideEffects')}), so what is not used goes.`,
    table(
      ['import', 'minified, bytes', 'gzipped, bytes'],
      sizes.map(({ title, bytes, gzippedBytes }) => [title, String(bytes), String(gzippedBytes)]),
    ),
    '## The inspector',
    'The files of the page that `--inspect` serves, each by itself. A test keeps all of it under 150 KB gzipped.',
    table(
      ['part', 'bytes', 'gzipped, bytes'],
      ofPage.map(({ title, bytes, gzippedBytes }) => [title, String(bytes), String(gzippedBytes)]),
    ),
  ].join('\n\n');
}
