/** `ninelives doctor`: what may be looked at, on this machine and in processes that run. */

import type { Command } from 'commander';
import { type ProcessChoice, addProcessChoice, processChoiceOf } from './process-choice.ts';
import { positive } from './positive.ts';

export interface CheckRequest {
  readonly do: 'check';
  /** Configuration of a gateway. */
  readonly config: string | undefined;
  readonly rules: string | undefined;
  /** A server's command line; empty: none is tried. */
  readonly server: readonly string[];
  readonly json: boolean;
}

export interface LeaksRequest {
  readonly do: 'leaks';
  readonly of: ProcessChoice;
  /** How long between two rounds; undefined: one round. */
  readonly watchMs: number | undefined;
  readonly json: boolean;
}

export type DoctorRequest = CheckRequest | LeaksRequest;

interface Flags extends ProcessChoice {
  readonly config?: string;
  readonly rules?: string;
  readonly leaks?: boolean;
  /** True: as often as usual. */
  readonly watch?: number | true;
  readonly json?: boolean;
}

const usualWatchSeconds = 5;

/** @param run does it, and sets the exit code. */
export function addDoctor(program: Command, run: (request: DoctorRequest) => Promise<void>): void {
  const doctor = program
    .command('doctor')
    .description('look for what is wrong: here, with a server, or in processes that run')
    .helpOption('-h, --help', 'show help')
    .argument('[command...]', 'after --: a server to try: it is started, greeted, and stopped')
    .option('--config <file>', 'the configuration of a gateway, to be checked as well')
    .option('--rules <file>', 'a rule file, to be checked as well')
    .option('--leaks', 'what processes that were started with --inspect hold and should not')
    .option('--watch [seconds]', `with --leaks: again and again, every ${usualWatchSeconds} s unless said`, positive)
    .option('--json', 'print JSON');
  addProcessChoice(doctor)
    .addHelpText(
      'after',
      `
Examples:
  ninelives doctor
  ninelives doctor -- npx -y @modelcontextprotocol/server-everything
  ninelives doctor --leaks --watch

Each finding is ok, a warning, or a problem with what to do about it. Exit code: 0 without problems, 1 with one, or with something
that leaks; 4 when --leaks finds no process.`,
    )
    .action(async (server: readonly string[], flags: Flags, command: Command) => {
      const json = flags.json === true;
      if (flags.leaks === true) {
        if (server.length > 0 || flags.config !== undefined || flags.rules !== undefined) {
          command.error('error: --leaks is about processes that run: say nothing else with it');
        }
        const { watch } = flags;
        const seconds = watch === true ? usualWatchSeconds : watch;
        const watchMs = seconds === undefined ? undefined : seconds * 1000;
        return run({ do: 'leaks', of: processChoiceOf(flags, command), watchMs, json });
      }
      for (const name of ['watch', 'pid', 'admin', 'tokenFile'] as const) {
        if (flags[name] !== undefined) command.error(`error: --${nameOf(name)} is for --leaks`);
      }
      return run({ do: 'check', config: flags.config, rules: flags.rules, server, json });
    });
}

function nameOf(flag: 'watch' | 'pid' | 'admin' | 'tokenFile'): string {
  return flag === 'tokenFile' ? 'token-file' : flag;
}
