/** What is published: everything that the package's names lead to, and nothing that asks for what is not installed with it. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import spawn from 'cross-spawn';
import { describe, expect, onTestFinished, test } from 'vitest';
import { noticesOf, packagesIn } from '../scripts/build/notices.ts';

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Target>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** A file, or one for each condition. */
type Target = string | { readonly [condition: string]: Target };

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const packed = spawn.sync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
const [pack] = JSON.parse(packed.stdout) as { readonly files: { readonly path: string }[] }[];
const published = new Set(pack?.files.map(({ path }) => path));

describe('the published package', () => {
  test('has every file that its commands and entries name, and the licences of what is bundled', () => {
    const named = [...Object.values(manifest.bin), ...Object.values(manifest.exports).flatMap(paths)];
    expect(named).toEqual(expect.arrayContaining(['dist/bin/ninelives.cjs', 'dist/types/core.d.cts']));
    expect([...named, 'dist/bin/THIRD-PARTY-NOTICES.md', 'LICENSE'].filter((path) => !published.has(path))).toEqual([]);
  });

  test('has no declarations beside those of its entries', () => {
    const declarations = [...published].filter((path) => /\.d\.[cm]?ts$/.test(path));
    expect(declarations.toSorted()).toEqual(
      ['core', 'index', 'opentelemetry', 'testing'].flatMap((name) => [
        `dist/types/${name}.d.cts`,
        `dist/types/${name}.d.ts`,
      ]),
    );
  });

  test('depends on what its files ask for, and on nothing else', () => {
    const asked = [...published]
      .filter((path) => /\.c?js$/.test(path))
      .flatMap((path) => packagesAskedFor(readFileSync(path, 'utf8')));
    expect([...new Set(asked)].toSorted()).toEqual(
      Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).toSorted(),
    );
  });
});

function paths(target: Target): readonly string[] {
  return typeof target === 'string' ? [target.replace(/^\.\//, '')] : Object.values(target).flatMap(paths);
}

function packagesAskedFor(code: string): readonly string[] {
  const asking = /(?:\bfrom |^import |\bimport\(|\brequire\()(["'])((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[\w./-]+)?\1/gm;
  return [...code.matchAll(asking)].map(([, , name = '']) => name).filter((name) => !isBuiltIn(name));
}

const isBuiltIn = (name: string): boolean => process.getBuiltinModule(name) !== undefined;

describe('the notices', () => {
  test('name each package once, with its version, its licence and the text of it', () => {
    const modules = ['/a/node_modules/yaml/dist/index.js', '/a/src/x.ts', '/a/node_modules/@scope/p/lib/x.js'];
    expect(packagesIn([...modules, ...modules])).toEqual(['/a/node_modules/@scope/p', '/a/node_modules/yaml']);
    expect(packagesIn(['C:\\a\\node_modules\\@scope\\p\\x.js'])).toEqual(['C:\\a\\node_modules\\@scope\\p']);
    const notices = noticesOf(['node_modules/xstate']);
    expect(notices).toMatch(/\n## xstate 5\.\d+\.\d+\n\nLicence: MIT\n\n```text\n[^`]*Permission is hereby granted/);
  });

  test('of the built command name XState, the log and the parser', () => {
    const file = 'dist/bin/THIRD-PARTY-NOTICES.md';
    expect(existsSync(file)).toBe(true);
    const names = [...readFileSync(file, 'utf8').matchAll(/^## (\S+) /gm)].map(([, name]) => name);
    const some = ['commander', 'cross-spawn', 'jose', 'oauth4webapi', 'pino', 'xstate', 'yaml', 'zod'];
    expect(names).toEqual(expect.arrayContaining(some));
  });

  test('have the text of every licence, and the notice that belongs to it', () => {
    const file = readFileSync('dist/bin/THIRD-PARTY-NOTICES.md', 'utf8');
    const sections = file.split(/^## /m).slice(1);
    expect(sections.length).toBeGreaterThan(20);
    const asked = /Permission is hereby granted|Permission to use, copy, modify|Apache License\s+Version 2\.0/;
    // What is in the public domain has nobody's copyright.
    const owned = sections.filter((section) => !/released into the public domain/.test(section));
    expect(owned.filter((section) => !asked.test(section) || !/copyright/i.test(section))).toEqual([]);

    const folder = mkdtempSync(join(tmpdir(), 'ninelives-notices-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'package.json'), '{"name":"a","version":"1.0.0","license":"Apache-2.0"}');
    expect(() => noticesOf([folder])).toThrow('a has no text of its licence');
    writeFileSync(join(folder, 'LICENSE'), 'the licence');
    writeFileSync(join(folder, 'NOTICE'), 'the notice');
    expect(noticesOf([folder])).toContain('the licence\n\nthe notice');
  });
});
