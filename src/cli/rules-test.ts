/** `ninelives rules test`: what may be asked when rules are tried out on tapes. */

import { type Command, InvalidArgumentError } from 'commander';
import { type Fate, fates } from '../rules/dry-run.ts';

/** What ends a build: that a message would meet this fate, or another one than by the rules before. */
export type Failing = Exclude<Fate, 'pass'> | 'different';

export interface RulesTestRequest {
  readonly do: 'test';
  readonly file: string;
  readonly json: boolean;
  readonly tapes: readonly string[];
  /** The rules that are in force at present, to compare with. */
  readonly against?: string;
  readonly failOn: readonly Failing[];
}

interface TestFlags {
  readonly tape: readonly string[];
  readonly against?: string;
  readonly failOn?: readonly Failing[];
  readonly json?: boolean;
}

/** @param run does it, and sets the exit code. */
export function addRulesTest(rules: Command, run: (request: RulesTestRequest) => Promise<void>): void {
  rules
    .command('test <file>')
    .description('count what a rule file would have done to what passed on tapes')
    .requiredOption('--tape <files...>', 'tapes that --record has written')
    .option('--against <file>', 'compare with these rules; with none otherwise')
    .option(
      '--fail-on <what>',
      `fail where a message would meet one of these, with commas between: ${failing.join(', ')}`,
      failingIn,
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  ninelives rules test rules.yaml --tape run.tape.jsonl
  ninelives rules test next.yaml --against rules.yaml --tape tapes/*.tape.jsonl --fail-on different
  ninelives rules test rules.yaml --tape run.tape.jsonl --fail-on block,mock

Conditions see each message and its session as they were: state, tags, age, counts. What is hidden on a tape is hidden from them, too, and
claims of tokens and most headers are not there. Exit code: 0, 1 when --fail-on says so or when something is wrong with a file, 2 for
a wrong command line.`,
    )
    .action(async (file: string, { tape: tapes, against, failOn = [], json = false }: TestFlags) =>
      run({ do: 'test', file, json, tapes, failOn, ...(against === undefined ? {} : { against }) }),
    );
}

const failing: readonly Failing[] = [...fates.filter((fate) => fate !== 'pass'), 'different'];

/** @throws InvalidArgumentError for anything else. */
function failingIn(text: string): readonly Failing[] {
  return text.split(',').map((word) => {
    const known = failing.find((each) => each === word.trim());
    if (known === undefined) throw new InvalidArgumentError(`It must be some of ${failing.join(', ')}.`);
    return known;
  });
}
