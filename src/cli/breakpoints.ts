/** `ninelives breakpoints`: what may be said about the breakpoints of processes that run. */

import { type Command, Option } from 'commander';
import { addCommandGroup } from './command-group.ts';
import { positive } from './positive.ts';
import { type ProcessChoice, addProcessChoice, processChoiceOf } from './process-choice.ts';

export type BreakpointsRequest = { readonly of: ProcessChoice; readonly json: boolean } & (
  | { readonly do: 'list' }
  | { readonly do: 'add'; readonly breakpoint: BreakpointAsked }
  | { readonly do: 'remove'; readonly id: string }
);

/** As the admin API takes it, but for the beginning of the id of a session, which is enough here. */
export interface BreakpointAsked {
  readonly method?: string;
  readonly kind?: string;
  readonly direction?: string;
  readonly session?: string;
  readonly when?: string;
  readonly transition?: { readonly from?: string; readonly to?: string };
  readonly timeoutMs?: number;
  readonly byDefault?: string;
  readonly scope?: string;
}

interface Flags extends ProcessChoice, Omit<BreakpointAsked, 'method' | 'transition'> {
  readonly json?: boolean;
  readonly from?: string;
  readonly to?: string;
}

/** @param run does it, and sets the exit code. */
export function addBreakpoints(program: Command, run: (request: BreakpointsRequest) => Promise<void>): void {
  const breakpoints = addCommandGroup(program, {
    name: 'breakpoints',
    description: 'hold messages of processes that were started with --inspect, until somebody decides about them',
    examples: [
      'ninelives breakpoints add tools/call',
      `ninelives breakpoints add tools/call --when 'frame.name == "get-env"' --session 4f1c`,
      'ninelives breakpoints list',
      'ninelives pause list',
    ],
    usage: "'ninelives breakpoints list'",
  });
  add(breakpoints, 'list', 'what is set in every process, and how often it was met', 'list --json').action(
    async (flags: Flags, command: Command) => run({ do: 'list', ...common(flags, command) }),
  );
  add(
    breakpoints,
    'add [method]',
    'set one in every process that is meant; it holds at once',
    'add tools/call --timeout-ms 600000',
  )
    .option('--when <condition>', 'a condition in CEL, as in rule files')
    .addOption(
      new Option('--kind <kind>', 'only this kind of message').choices(['request', 'response', 'notification']),
    )
    .addOption(
      new Option('--direction <direction>', 'only this direction').choices(['client-to-server', 'server-to-client']),
    )
    .option('--session <id>', 'only this session; the beginning of its id is enough')
    .option('--from <state>', 'the first message after a session left this state')
    .option('--to <state>', 'the first message after a session came into this state')
    .option('--timeout-ms <n>', 'how long a message waits for somebody to decide (default: 60000)', positive)
    .addOption(
      new Option('--by-default <what>', 'what happens when nobody has (default: resume)').choices(['resume', 'block']),
    )
    .addOption(
      new Option(
        '--scope <what>',
        'what waits behind it: later messages of its session and direction, or none (default: direction)',
      ).choices(['direction', 'exchange']),
    )
    .addHelpText('after', '\nA process has at most 64 of them, and they go with it.')
    .action(async (method: string | undefined, flags: Flags, command: Command) =>
      run({ do: 'add', breakpoint: breakpointOf(method, flags), ...common(flags, command) }),
    );
  add(breakpoints, 'remove <id>', 'take one away; what it holds is still decided about', 'remove b1').action(
    async (id: string, flags: Flags, command: Command) => run({ do: 'remove', id, ...common(flags, command) }),
  );
}

/** @param example what follows the name of the group. */
function add(group: Command, name: string, description: string, example: string): Command {
  const command = group.command(name).description(description).option('--json', 'print JSON');
  return addProcessChoice(command).addHelpText('after', `\nExample:\n  ninelives ${group.name()} ${example}`);
}

function common(flags: Flags, command: Command): { readonly of: ProcessChoice; readonly json: boolean } {
  return { of: processChoiceOf(flags, command), json: flags.json === true };
}

/** Without what was not said: the API takes no member that says nothing. */
function breakpointOf(method: string | undefined, flags: Flags): BreakpointAsked {
  const { when, kind, direction, session, from, to, timeoutMs, byDefault, scope } = flags;
  const transition = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return {
    ...(method === undefined ? {} : { method }),
    ...(when === undefined ? {} : { when }),
    ...(kind === undefined ? {} : { kind }),
    ...(direction === undefined ? {} : { direction }),
    ...(session === undefined ? {} : { session }),
    ...(from === undefined && to === undefined ? {} : { transition }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(byDefault === undefined ? {} : { byDefault }),
    ...(scope === undefined ? {} : { scope }),
  };
}
