/** The package as those who install it have it: packed, installed in a folder of its own, and nothing of ours beside it. */

import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import spawn from 'cross-spawn';

export interface InstalledPackage {
  /** Programs in this folder find the package by its name. */
  readonly folder: string;
  /** What npm packed. */
  readonly tarball: string;
  remove(): void;
}

/** Needs the build. What the package depends on comes from npm's cache, where it is since the project was installed. */
export function installPackage(): InstalledPackage {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'installed-')));
  npm(['pack', '--ignore-scripts', '--pack-destination', folder]);
  const tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz'))!,
  );
  writeFileSync(join(folder, 'package.json'), '{ "name": "embedder", "private": true }');
  npm(['install', '--prefix', folder, '--prefer-offline', '--no-audit', '--no-fund', tarball]);
  return { folder, tarball, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function npm(options: readonly string[]): void {
  const { status, stdout, stderr } = spawn.sync('npm', [...options], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${options[0]} failed:\n${stdout}${stderr}`);
}
