/** docs/reference/cli.md: what the built command says about itself. */

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fenced, generatedFrom } from './markdown.ts';

const main = 'dist/bin/ninelives.cjs';

/** Needs the build: the help of the command that users run, not of the sources. */
export function cliPage(): string {
  if (!existsSync(main)) throw new Error(`${main} is not there: run npm run build first`);
  return [
    generatedFrom('the --help of every command'),
    '# Command line',
    `The exit codes stand in [exit codes](exit-codes.md), the lines on stderr in [log](log.md), the defaults in [limits](limits.md).`,
    ...sectionsOf([]),
  ].join('\n\n');
}

function sectionsOf(path: readonly string[]): readonly string[] {
  const help = execFileSync(process.execPath, [main, ...path, '--help'], { encoding: 'utf8' });
  const title = `## ${['ninelives', ...path].join(' ')}`;
  return [title, fenced('text', help), ...commandsIn(help).flatMap((name) => sectionsOf([...path, name]))];
}

/** The names under the heading that commander gives to sub-commands. */
function commandsIn(help: string): readonly string[] {
  const list = /^Commands:\n((?: {2,}.*\n?)+)/m.exec(help)?.[1] ?? '';
  return [...list.matchAll(/^ {2}([^\s|]+)/gm)].map(([, name = '']) => name);
}
