/** `ninelives gateway`: many servers behind one front, as a file says. What it may be told, and what that means. */

import { type Command, Option } from 'commander';
import { type InspectFlag, type InspectRequest, addInspectFlag, inspectRequestOf } from './inspect-flag.ts';
import { type RecordFlags, type RecordRequest, addRecordFlags, recordRequestOf } from './record-flag.ts';
import { type LogLevel, defaultLogLevel, logLevels } from './log-levels.ts';

export interface GatewayRequest {
  readonly file: string;
  readonly logLevel: LogLevel;
  readonly inspect?: InspectRequest;
  readonly record?: RecordRequest;
}

interface Flags extends InspectFlag, RecordFlags {
  readonly config: string;
  readonly logLevel: LogLevel;
}

export function addGateway(program: Command, run: (request: GatewayRequest) => Promise<void>): void {
  const gateway = program
    .command('gateway')
    .alias('reverse')
    .description('put ninelives between clients and many servers, as a configuration file says')
    .helpOption('-h, --help', 'show help')
    .requiredOption('--config <file>', 'the configuration (YAML or JSON)')
    .addOption(
      new Option('--log-level <level>', 'how much to say on stderr')
        .choices(logLevels)
        .env('NINELIVES_LOG')
        .default(defaultLogLevel),
    );
  addRecordFlags(addInspectFlag(gateway))
    .addHelpText(
      'after',
      `
Examples:
  ninelives gateway --config ninelives.yaml
  ninelives config check ninelives.yaml

The file is read again when it changes, and on SIGHUP: as a whole or, where something is wrong with it, not at all. Sessions that are
open go on as they were opened. /healthz, /readyz and /readyz/UPSTREAM stand beside the routes. Exit code: 0 after SIGTERM or
SIGINT, when what was under way is done; 2 for a wrong command line or file, 3 when it cannot listen; 6 when the cluster that the file says cannot
be joined, and 1 when this node of it may not act any more.`,
    )
    .action(async (flags: Flags, command: Command) => {
      const inspect = inspectRequestOf(flags);
      if (inspect !== undefined && 'problem' in inspect) command.error(`error: ${inspect.problem}`);
      const record = recordRequestOf(flags);
      if (record !== undefined && 'problem' in record) command.error(`error: ${record.problem}`);
      const { config: file, logLevel } = flags;
      const asked = { ...(inspect === undefined ? {} : { inspect }), ...(record === undefined ? {} : { record }) };
      await run({ file, logLevel, ...asked });
    });
}
