/** `ninelives config`: what may be asked about configuration files of the gateway. */

import type { Command } from 'commander';
import { addCommandGroup } from './command-group.ts';

export type ConfigRequest = { readonly do: 'check'; readonly file: string } | { readonly do: 'schema' };

export function addConfig(program: Command, run: (request: ConfigRequest) => Promise<void>): void {
  const config = addCommandGroup(program, {
    name: 'config',
    description: 'check the configuration file of a gateway, or print its schema',
    examples: ['ninelives config check ninelives.yaml', 'ninelives config schema > gateway.schema.json'],
    usage: "'ninelives config check FILE'",
  });
  config
    .command('check')
    .description('say what is wrong with a file, each mistake with its line and column')
    .argument('<file>', 'the configuration (YAML or JSON)')
    .addHelpText(
      'after',
      `
Example:
  ninelives config check ninelives.yaml

Variables and files that it refers to have to be there, as for the gateway; no server is started or reached. Exit code: 0 when it can
be used, 2 when it cannot.`,
    )
    .action(async (file: string) => run({ do: 'check', file }));
  config
    .command('schema')
    .description('print the JSON Schema of the file, for editors')
    .addHelpText(
      'after',
      `
Example:
  ninelives config schema > gateway.schema.json
`,
    )
    .action(async () => run({ do: 'schema' }));
}
