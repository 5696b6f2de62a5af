/** What the licences of the packages in a bundle ask for: their names and their texts, kept with it. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** The folders of the packages that these files come from, in the order of their names. */
export function packagesIn(modules: readonly string[]): readonly string[] {
  const folders = modules.flatMap(
    (path) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/.exec(path)?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
}

/** A package whose licence has no text is named with its licence alone; one without a licence is an error. */
export function noticesOf(packages: readonly string[]): string {
  const sections = packages.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    if (typeof license !== 'string') throw new Error(`${name} says nothing about its licence`);
    const text = licenceText(folder);
    return [`## ${name} ${version}`, `Licence: ${license}`, ...(text === undefined ? [] : [fenced(text)])].join('\n\n');
  });
  return `${['# Packages that are part of this command', ...sections].join('\n\n')}\n`;
}

function licenceText(folder: string): string | undefined {
  const file = readdirSync(folder).find((name) => /^licen[cs]e(?:[.-]|$)/i.test(name));
  return file === undefined ? undefined : readFileSync(join(folder, file), 'utf8').trim();
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
