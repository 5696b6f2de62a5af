/**
 * What the compiler of an embedder reads: for each entry of the package one file of declarations that holds what the entry
 * exports and what that is made of, and nothing else. A report of the same is what changes of the API are reviewed by.
 * Knows nothing of what is exported.
 */

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface Entry {
  /** Of the report. */
  readonly name: string;
  /** What the compiler emitted for the entry. */
  readonly emitted: string;
  /** The file that the package leads compilers to. */
  readonly declarations: string;
  /** A shape that is exported under no name of its own is a part of the API as well, except that of a chart's inside. */
  readonly reportsUnnamed: boolean;
}

export const entries: readonly Entry[] = [
  {
    name: 'ninelives',
    emitted: 'dist/src/index.d.ts',
    declarations: 'dist/types/index.d.ts',
    reportsUnnamed: true,
  },
  { name: 'core', emitted: 'dist/src/core.d.ts', declarations: 'dist/types/core.d.ts', reportsUnnamed: false },
  {
    name: 'opentelemetry',
    emitted: 'dist/src/opentelemetry.d.ts',
    declarations: 'dist/types/opentelemetry.d.ts',
    // The shapes of a runtime stand in the report of `.`.
    reportsUnnamed: false,
  },
  { name: 'testing', emitted: 'dist/src/testing.d.ts', declarations: 'dist/types/testing.d.ts', reportsUnnamed: true },
];

/** Where the reports of this build are, to be compared with those under review in docs/api. */
export const reportFolder = 'dist/api';

/** The files that a file of declarations leads to, itself included, and the packages that they name. */
export function reachedFrom(file: string): { readonly files: readonly string[]; readonly packages: readonly string[] } {
  const files = new Set([file]);
  const packages = new Set<string>();
  for (const path of files) {
    const code = readFileSync(path, 'utf8').replaceAll(/\/\*[^]*?\*\//g, '');
    for (const [, specifier = ''] of code.matchAll(/\b(?:from|import|import\(|types=)\s*["']([^"']+)["']/g)) {
      if (!specifier.startsWith('.')) packages.add(specifier);
      else files.add(posix.join(posix.dirname(path), specifier).replace(/\.[jt]s$/, '.d.ts'));
    }
  }
  return { files: [...files], packages: [...packages].sort() };
}

/** Writes declarations and reports, unless they were made from what is there now. */
export async function writeDeclarations(): Promise<void> {
  for (const entry of entries) {
    const stamp = join(reportFolder, `${entry.name}.sha256`);
    const digest = digestOf(entry);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) continue;
    rmSync(stamp, { force: true });
    await extract(entry);
    // The same words for the other way of loading: what `require` gives is the module that `import` gives.
    copyFileSync(entry.declarations, entry.declarations.replace(/\.d\.ts$/, '.d.cts'));
    writeFileSync(stamp, digest);
  }
}

function digestOf({ emitted }: Entry): string {
  const hash = createHash('sha256');
  const maker = 'node_modules/@microsoft/api-extractor/package.json';
  for (const path of [maker, import.meta.filename, ...reachedFrom(emitted).files]) hash.update(readFileSync(path));
  return hash.digest('hex');
}

/** We mark no stages of maturity, and what is said about a name is said in sentences. */
const unasked = new Set(['ae-missing-release-tag', 'ae-undocumented', 'ae-forgotten-export', 'ae-unresolved-link']);

async function extract({ name, emitted, declarations, reportsUnnamed }: Entry): Promise<void> {
  // Takes a second to load, and most builds change no declaration.
  const { Extractor, ExtractorConfig } = await import('@microsoft/api-extractor');
  const root = process.cwd();
  mkdirSync(reportFolder, { recursive: true });
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, emitted),
      newlineKind: 'lf',
      compiler: { overrideTsconfig: compilerSettings(join(root, emitted)) },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: join(root, reportFolder),
        reportTempFolder: join(root, reportFolder, 'made'),
        includeForgottenExports: reportsUnnamed,
      },
      dtsRollup: { enabled: true, untrimmedFilePath: join(root, declarations) },
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
    },
  });
  const complaints: string[] = [];
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      const { messageId, sourceFilePath = emitted, text } = message;
      message.handled = true;
      if (/^(?:console|tsdoc)-/.test(messageId) || unasked.has(messageId)) return;
      complaints.push(`${sourceFilePath}: ${text} (${messageId})`);
    },
  });
  if (complaints.length > 0) throw new Error(`No declarations for ${name}:\n${complaints.join('\n')}`);
}

function compilerSettings(file: string): object {
  return {
    compilerOptions: {
      target: 'es2023',
      lib: ['es2023', 'dom'],
      types: ['node'],
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
    },
    files: [file],
  };
}
