/**
 * Makes the inspector's page (docs/decisions/0034-inspector.md): a few files in dist/inspector that need nothing from anywhere else.
 * Packs each of them as browsers take it, so that nothing is packed while it is served. Knows from which files it was made the last time, and does nothing when those are as they were.
 */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { pageSettings } from './vite-page.ts';

export const pageFolder = 'dist/inspector';

const root = 'src/inspector/page';
const recordPath = 'dist/inspector.build.json';
/** What a build depends on besides the modules that it takes. */
const besides: readonly string[] = [
  'package-lock.json',
  'scripts/build/page.ts',
  'scripts/build/vite-page.ts',
  `${root}/index.html`,
  `${root}/icon.svg`,
];

interface BuildRecord {
  /** The text of each file, as a hash. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Every file that something was taken from. */
  readonly modules: readonly string[];
}

/** Builds the page where that is needed. Returns every file that something was taken from. */
export async function buildPage(): Promise<readonly string[]> {
  const last = lastRecord();
  if (last !== undefined && isCurrent(last)) return last.modules;
  const { build } = await import('vite');
  const modules = new Set<string>();
  await build({
    ...pageSettings(root, pageFolder),
    plugins: [
      {
        name: 'modules-taken',
        generateBundle(_options, bundle) {
          for (const part of Object.values(bundle)) {
            if (part.type === 'chunk') for (const id of part.moduleIds) modules.add(fileOf(id));
          }
        },
      },
    ],
  });
  packFiles();
  const files = [...modules].filter((id) => existsSync(id));
  const sources = files.filter((file) => !file.includes('node_modules')).map((file) => relative('.', file));
  const inputs = Object.fromEntries([...besides, ...sources].map((file) => [file, hashOf(file)]));
  writeFileSync(recordPath, JSON.stringify({ inputs, modules: files } satisfies BuildRecord));
  return files;
}

/** What gains nothing by it stays as it is. */
function packFiles(): void {
  for (const entry of readdirSync(pageFolder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const body = readFileSync(file);
    const forms = { '.br': brotliCompressSync(body), '.gz': gzipSync(body, { level: 9 }) };
    for (const [end, packed] of Object.entries(forms)) {
      if (packed.length < body.length * 0.9) writeFileSync(`${file}${end}`, packed);
    }
  }
}

/** Without what a bundler appends to tell variants of a file apart. */
function fileOf(id: string): string {
  return id.replace(/[?\0].*$/, '');
}

function lastRecord(): BuildRecord | undefined {
  if (!existsSync(recordPath) || !existsSync(join(pageFolder, 'index.html'))) return undefined;
  return JSON.parse(readFileSync(recordPath, 'utf8')) as BuildRecord;
}

function isCurrent({ inputs }: BuildRecord): boolean {
  return Object.entries(inputs).every(([file, hash]) => existsSync(file) && hashOf(file) === hash);
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('base64');
}
