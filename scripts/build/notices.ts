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

/** @throws Error where a licence asks for its text, and there is none. */
export function noticesOf(packages: readonly string[]): string {
  const sections = packages.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    if (typeof license !== 'string') throw new Error(`${name} says nothing about its licence`);
    const text = [licenceText(folder, name, license), ...noticeTexts(folder)].join('\n\n');
    return [`## ${name} ${version}`, `Licence: ${license}`, fenced(text)].join('\n\n');
  });
  return `${['# Packages that are part of this command', ...sections].join('\n\n')}\n`;
}

function licenceText(folder: string, name: string, license: string): string {
  const file = readdirSync(folder).find((each) => /^licen[cs]e(?:[.-]|$)/i.test(each));
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8').trim();
  // Some name whose it is in their description alone, and which licence without its text.
  const readme = readdirSync(folder).find((each) => /^readme(?:[.-]|$)/i.test(each));
  const [holder] =
    /^Copyright .+$/im.exec(readme === undefined ? '' : readFileSync(join(folder, readme), 'utf8')) ?? [];
  if (holder === undefined || license !== 'MIT') throw new Error(`${name} has no text of its licence`);
  return `${holder}\n\n${mit}`;
}

/** What the Apache licence asks to be kept beside its text (section 4 d). */
function noticeTexts(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /^notice(?:[.-]|$)/i.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8').trim());
}

/** https://spdx.org/licenses/MIT.html, behind the line that says whose it is. */
const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
