/** The life of a session as a page of text: states and how long, exchanges and their outcomes, tags, counters. */

import type { SessionSnapshot } from '../../src/index.ts';
import type { Expect } from './expectations.ts';
import type { Exchange } from './trace.ts';

const hasColours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

function painted(code: number, text: string): string {
  return hasColours ? `\u001b[${code}m${text}\u001b[0m` : text;
}

export const bold = (text: string): string => painted(1, text);
export const dim = (text: string): string => painted(90, text);
export const green = (text: string): string => painted(32, text);
export const yellow = (text: string): string => painted(33, text);
export const red = (text: string): string => painted(31, text);

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** The states in the order in which the session was in them. */
function visitedStates(life: SessionSnapshot): readonly string[] {
  return ['initializing', ...life.transitions.map(({ to }) => to)];
}

export function describeLife(life: SessionSnapshot, exchanges: readonly Exchange[]): readonly string[] {
  const counted = Object.entries(life.counts).filter(([, count]) => count > 0);
  return [
    bold(`The life of session ${life.id}`),
    `${life.clientName} -> ninelives -> ${life.serverName}, MCP ${life.protocolVersion}, ${seconds(life.ageMs)}`,
    '',
    bold('States'),
    ...visitedStates(life).map((state) => `  ${state.padEnd(18)} ${stayIn(state, life)}`),
    '',
    bold('Exchanges'),
    ...exchanges.map(describeExchange),
    '',
    `${bold('Tags')}  ${life.tags.length === 0 ? 'none' : life.tags.join(', ')}`,
    '',
    bold('Counters'),
    ...counted.map(([name, count]) => `  ${name.padEnd(26)} ${count}`),
  ];
}

function stayIn(state: string, life: SessionSnapshot): string {
  if (state === life.state) return `${life.status} (${life.endReason})`;
  return seconds(life.dwellMs[state as keyof typeof life.dwellMs]);
}

function describeExchange({ direction, id, method, outcome, elapsedMs, progress }: Exchange): string {
  const arrow = direction === 'client-to-server' ? '->' : '<-';
  const end = outcome === 'result' ? green(outcome) : yellow(outcome ?? 'none');
  const notes = progress > 0 ? dim(`  ${progress} progress`) : '';
  return `  ${arrow} ${String(id).padStart(2)}  ${method.padEnd(24)} ${end}  ${Math.round(elapsedMs)} ms${notes}`;
}

/** What must be true of the life that the demo's client leads. */
export function checkLife(life: SessionSnapshot, exchanges: readonly Exchange[], expect: Expect): void {
  const ends = exchanges.map(({ outcome }) => outcome);
  expect(
    'outcomes that are not a result',
    ends.filter((outcome) => outcome !== 'result'),
    ['cancelled'],
  );
  expect('outcomes counted', life.counts['outcome.result'] + life.counts['outcome.cancelled'], exchanges.length);
  const samples = exchanges.filter(({ method }) => method === 'sampling/createMessage');
  expect('questions for a sample', samples.length, 1);
  expect(
    'progress that passed, by call',
    exchanges.filter(({ outcome, progress }) => outcome === 'result' && progress > 0).map(({ progress }) => progress),
    [3],
  );
  expect('states', visitedStates(life), ['initializing', 'active.serving', 'closed']);
  expect('status', life.status, 'completed');
  expect('requests that still wait', life.pending, []);
  expect('malformed frames', life.counts.malformedFromClient + life.counts.malformedFromServer, 0);
}
