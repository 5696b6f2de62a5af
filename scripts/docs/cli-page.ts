/** docs/reference/cli.md: what every command says about itself. */

import type { Command } from 'commander';
import { type AllRunners, commandLine } from '../../src/cli/program.ts';
import { fenced, generatedFrom } from './markdown.ts';

export function cliPage(): string {
  return [
    generatedFrom('the --help of every command'),
    '# Command line',
    `The exit codes stand in [exit codes](exit-codes.md), the lines on stderr in [log](log.md), the defaults in [limits](limits.md).`,
    // Nothing runs while help is shown.
    ...sectionsOf(commandLine({} as AllRunners), []),
  ].join('\n\n');
}

function sectionsOf(command: Command, above: readonly string[]): readonly string[] {
  const path = [...above, command.name()];
  const commands = command.createHelp().visibleCommands(command);
  return [
    `## ${path.join(' ')}`,
    fenced('text', helpOf(command)),
    ...commands.flatMap((each) => sectionsOf(each, path)),
  ];
}

/** As a process says it whose output goes into a file. */
function helpOf(command: Command): string {
  const written: string[] = [];
  command.configureOutput({
    writeOut: (text) => void written.push(text),
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return written.join('');
}
