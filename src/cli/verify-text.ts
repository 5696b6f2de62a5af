/** What `ninelives verify` says to people when it is done: of every law what came of it, and of what is broken how to see it again. */

import type { Findings, LawFinding, Verdict } from '../testing/report/finding.ts';
import { sequenceDiagram } from '../testing/report/sequence-diagram.ts';
import { verdictOf } from '../testing/report/verdict.ts';
import { counted } from '../counted.ts';
import { printable } from './terminal.ts';

export interface TextOptions {
  /** Characters in a line. */
  readonly width: number;
  readonly hasColours: boolean;
  /** Where a law's counterexample was written as a tape. */
  readonly tapeOf: (law: string) => string | undefined;
}

const colours: Readonly<Record<Verdict, string>> = {
  kept: '\u001b[32m',
  broken: '\u001b[31m',
  note: '\u001b[33m',
  known: '\u001b[33m',
  'not exercised': '\u001b[90m',
};
const plain = '\u001b[0m';

const signs: Readonly<Record<Verdict, string>> = {
  kept: '✓',
  broken: '✗',
  note: '!',
  known: '~',
  'not exercised': '·',
};

/** One line for a law: as the table has it while plays are played, and at the end. */
export function lawLine(finding: LawFinding, hasColours: boolean): string {
  const verdict = verdictOf(finding);
  const { law, exercised } = finding;
  const times = exercised === 0 ? '' : ` ${exercised}`;
  const unsteady = finding.isUnsteady === true ? ', broken once and not again' : '';
  const text = `${signs[verdict]} ${law.id.padEnd(22)} ${`${verdict}${times}`.padEnd(16)}${law.text}${unsteady}`;
  return hasColours ? `${colours[verdict]}${text}${plain}` : text;
}

export function summaryText(findings: Findings, options: TextOptions): string {
  const { target, laws, runs, elapsedMs, seed } = findings;
  const of = (wanted: Verdict): number => laws.filter((finding) => verdictOf(finding) === wanted).length;
  const seconds = (elapsedMs / 1000).toFixed(1);
  const counts = [
    `${of('kept')} kept`,
    `${of('broken')} broken`,
    ...(of('known') > 0 ? [`${of('known')} known to be broken`] : []),
    ...(of('note') > 0 ? [counted(of('note'), 'note')] : []),
    `${of('not exercised')} not exercised`,
  ];
  const era = target.era === 'session' ? 'with sessions' : 'stateless';
  const title = `${target.kind} ${printable(target.name)}, ${era}: ${counted(runs, 'play')} in ${seconds} s, seed ${seed}`;
  const table = laws.map((finding) => `  ${lawLine(finding, options.hasColours)}`);
  const examples = laws.flatMap((finding) => exampleText(finding, findings, options));
  return [title, ...table, ...examples, '', `${target.kind}: ${counts.join(', ')}`, ''].join('\n');
}

function exampleText(
  finding: LawFinding,
  { target }: Findings,
  { width, hasColours, tapeOf }: TextOptions,
): readonly string[] {
  const { law, counterexample } = finding;
  if (counterexample === undefined) return [];
  const { violation, history, seed, path, steps } = counterexample;
  const tape = tapeOf(law.id);
  return [
    '',
    `${verdictOf(finding)}: ${law.id}: ${printable(violation.text)}`,
    `  the law: ${law.text} (${law.source})`,
    `  again: the same with --replay ${seed}:${path} (${counted(steps, 'step')})${target.era === 'stateless' ? ' --era stateless' : ''}`,
    ...(tape === undefined ? [] : [`  tape: ninelives tape step ${printable(tape)}`]),
    '',
    sequenceDiagram(history, { kind: target.kind, width, hasColours, at: violation.at }).trimEnd(),
  ];
}

/** For programs: everything but the histories, which are on the tapes. */
export function summaryJson(all: readonly Findings[], tapeOf: TextOptions['tapeOf']): string {
  const told = all.map(({ target, laws, seed, runs, elapsedMs }) => ({
    kind: target.kind,
    name: target.name,
    era: target.era,
    seed,
    runs,
    elapsedMs: Math.round(elapsedMs),
    laws: laws.map((finding) => ({
      law: finding.law.id,
      text: finding.law.text,
      source: finding.law.source,
      verdict: verdictOf(finding),
      exercised: finding.exercised,
      ...(finding.isUnsteady === true ? { isUnsteady: true } : {}),
      ...toldExample(finding, tapeOf(finding.law.id)),
    })),
  }));
  return `${JSON.stringify(told, null, 2)}\n`;
}

function toldExample({ counterexample }: LawFinding, tape: string | undefined): object {
  if (counterexample === undefined) return {};
  const { violation, seed, path, steps } = counterexample;
  return { broken: violation.text, replay: `${seed}:${path}`, steps, ...(tape === undefined ? {} : { tape }) };
}
