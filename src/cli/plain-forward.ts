/**
 * Reads the one command line that nearly every client has in its configuration, `forward stdio -- COMMAND ARGS` without flags,
 * faster than the parser is loaded. Says nothing about any other. That the parser reads it in the same way is tested.
 */

import type { ForwardRequest } from './run-forward.ts';

/** @param words what follows the name of the program. */
export function plainForward(words: readonly string[], environment: NodeJS.ProcessEnv): ForwardRequest | undefined {
  const [command, front, dashes, program, ...args] = words;
  if (command !== 'forward' || front !== 'stdio' || dashes !== '--') return undefined;
  // A command that is missing, and a level, are explained by the parser.
  if (program === undefined || program === '') return undefined;
  if (environment['NINELIVES_LOG'] !== undefined) return undefined;
  return { server: { command: program, args } };
}
