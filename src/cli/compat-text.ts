/**
 * What is said of another proxy's command line: what runs in its place, and what becomes of each flag. Values of headers and of the
 * environment are not shown, and neither is what looks like a secret.
 */

import { redacted } from '../redaction.ts';
import type { Fate, Peer, PeerFlag, Plan } from './compat-peer.ts';
import type { Understood } from './compat-plan.ts';
import { quoted } from './compat-shell.ts';
import { shownWord } from './shown-server.ts';

/** The command line of ours, as it would be typed. */
export function shownLine({ words, environment, folder }: Plan): string {
  const shown = words.map((word, at) => {
    if (words[at - 1] !== '--header') return shownWord(word, words[at - 1]);
    return `${word.slice(0, word.indexOf(':'))}: ${redacted}`;
  });
  const variables = Object.keys(environment).map((name) => `${name}=${redacted} `);
  const there = folder === undefined ? '' : `cd ${quoted(folder)} && `;
  return `${there}${variables.join('')}ninelives ${shown.map(quoted).join(' ')}`;
}

/** A short block for stderr, before it runs. */
export function runText(peer: Peer, { plan, flags }: Understood): string {
  const differing = flags.filter(({ fate }) => fate === 'otherwise');
  return block([
    `ninelives compat ${peer.name} runs:`,
    `  ${shownLine(plan)}`,
    ...plan.remarks,
    ...differing.map(({ name, says }) => `${name}: ${says}`),
    `'ninelives compat ${peer.name} --explain ...' says what becomes of each flag.`,
  ]);
}

/** Why it does not run. */
export function refusalText({ plan }: Understood): string {
  return block([
    ...plan.problems.map((problem) => `error: ${problem}`),
    ...(plan.words.length > 2 ? [`The line for ninelives, as far as there is one:`, `  ${shownLine(plan)}`] : []),
  ]);
}

/** All there is to say about a line. */
export function explanation(peer: Peer, understood: Understood): string {
  const { plan, flags } = understood;
  const isRefused = plan.problems.length > 0;
  return block([
    isRefused ? refusalText(understood).trimEnd() : `${peer.title}: the same with ninelives`,
    ...(isRefused ? [] : [`  ${shownLine(plan)}`]),
    ...section('Flags:', flags.map(flagText)),
    ...section('To be known:', plan.remarks),
    ...section('Different when nothing is said:', peer.usually),
  ]);
}

/** Every flag of a peer that is known. */
export function flagsText(peer: Peer): string {
  return block([
    `${peer.title}: what becomes of its flags here`,
    ...section('Flags:', peer.flags.map(flagText)),
    ...section('Different when nothing is said:', peer.usually),
  ]);
}

/** What stands where no flag of ours does. */
export const without: Readonly<Record<Fate, string>> = {
  same: 'nothing',
  otherwise: 'no flag',
  needless: 'not needed',
  refused: 'not possible',
};

function flagText({ name, value, fate, here, says }: PeerFlag): string {
  const flag = value === undefined ? name : `${name} <${value}>`;
  const becomes = `${flag} -> ${here ?? without[fate]}`;
  return says === undefined ? becomes : `${becomes}. ${says.charAt(0).toUpperCase()}${says.slice(1)}`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function block(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
