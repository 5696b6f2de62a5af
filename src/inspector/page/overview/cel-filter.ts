/**
 * A condition over the rows of the table, in the language of the rules (CEL). A part of the page of its own, loaded with the first
 * condition that somebody types.
 */

import { TypeError as CelTypeError, Environment, ParseError } from '@marcbachmann/cel-js';
import { matchesGlob } from '../../../rules/glob.ts';
import { didYouMean } from '../../../rules/suggestion.ts';
import type { RowTest } from './row-filter.ts';
import { type SessionLine, ageMs } from './session-line.ts';

const fields = {
  session: 'string',
  state: 'string',
  status: 'string',
  end_reason: 'string',
  pid: 'int',
  process: 'string',
  command: 'string',
  client: 'string',
  server: 'string',
  protocol: 'string',
  transport: 'string',
  principal: 'string',
  route: 'string',
  tags: 'list<string>',
  age_s: 'double',
  rate: 'double',
  pending: 'int',
  held: 'int',
  errors: 'int',
  frames: 'int',
} as const;

/** The names that a condition may use. */
export const filterFields: readonly string[] = Object.keys(fields);

const environment = new Environment({
  unlistedVariablesAreDyn: false,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 500, maxDepth: 32, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 8 },
}).registerFunction('string.glob(string): bool', (text: string, pattern: string) => matchesGlob(text, pattern));
for (const [name, type] of Object.entries(fields)) environment.registerVariable(name, type);

export type ReadCondition = { readonly test: RowTest } | { readonly problem: string };

/** Reads a condition. A row about which it cannot be said is one that it does not hold for. */
export function readCondition(text: string): ReadCondition {
  try {
    const parsed = environment.parse(text);
    const { valid, type, error } = parsed.check();
    if (!valid) return { problem: problemOf(error, text) };
    if (type !== 'bool' && type !== 'dyn') return { problem: `It is ${type}, and has to be true or false.` };
    return {
      test: (line, nowMs) => {
        try {
          return parsed(sceneOf(line, nowMs)) === true;
        } catch {
          return false;
        }
      },
    };
  } catch (error) {
    return { problem: problemOf(error, text) };
  }
}

/** Whole numbers of CEL are bigints here. */
function sceneOf(line: SessionLine, nowMs: number): Record<keyof typeof fields, unknown> {
  const { process, row } = line;
  return {
    session: row.id,
    state: row.state,
    status: row.status,
    end_reason: row.endReason ?? '',
    pid: BigInt(process.pid),
    process: process.server,
    command: process.command,
    client: row.clientName ?? '',
    server: row.serverName ?? '',
    protocol: row.protocolVersion ?? '',
    transport: row.transportType,
    principal: row.principal ?? '',
    route: row.route ?? '',
    tags: row.tags,
    age_s: ageMs(line, nowMs) / 1_000,
    rate: row.framesPerSecond,
    pending: BigInt(row.pending),
    held: BigInt(row.held),
    errors: BigInt(row.errors),
    frames: BigInt(row.frames),
  };
}

function problemOf(error: unknown, text: string): string {
  const isKnown = error instanceof ParseError || error instanceof CelTypeError;
  if (!isKnown) return String(error);
  const at = error.range?.start ?? 0;
  const word = /^[A-Za-z_]\w*/.exec(text.slice(at))?.[0] ?? '';
  if (error.code !== 'unknown_variable') return `${error.summary}.`;
  const meant = didYouMean(word, filterFields);
  return `There is no '${word}'.${meant === '' ? ` There are ${filterFields.join(', ')}.` : meant}`;
}
