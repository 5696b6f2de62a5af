/** What the code can tell a client in an error of its own, read from the code itself: refusals with their members and words, and sentences. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { argumentsAt, literalsIn, namesIn } from './log-texts.ts';

export interface RefusalCall {
  readonly code: string;
  readonly members: readonly string[];
  /** Members whose values are spelled out, with each value. */
  readonly words: readonly (readonly [member: string, word: string])[];
}

/** Where errors for clients come from. */
const folders: readonly string[] = ['auth', 'protocol', 'proxy', 'runtime', 'session', 'transports'];

/** The text of each of their files. */
export function sources(): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join('src', folder, path), 'utf8')),
  );
}

export function refusalCalls(): readonly RefusalCall[] {
  return sources().flatMap(refusalsIn);
}

export function refusalsIn(source: string): readonly RefusalCall[] {
  return [...source.matchAll(/\brefusal\((?=\s*')/g)].map(({ 0: call, index }) => {
    const [name = '', data = ''] = argumentsAt(source, index + call.length);
    const words = [...data.matchAll(/\b(\w+): '([a-z][a-z -]*)'/g)].map(
      ([, member = '', word = '']) => [member, word] as const,
    );
    return { code: name.slice(1, -1), members: namesIn(data), words };
  });
}

/** Calls whose texts are sentences for the client. */
const sayings = /\b(?:refuseAs|refused|bad|unreadable|guessedFault|faultOf)\(|#refusal\(/g;

/** Members and words whose text is one. */
const reasons = /\breason(?::| =)\s*('[^']*'|`[^`]*`)/g;

/** Sentences that begin with a capital letter; what is filled in is an ellipsis. */
export function clientSentences(): readonly string[] {
  return [...new Set(sources().flatMap(sentencesIn))];
}

export function sentencesIn(source: string): readonly string[] {
  const said = [...source.matchAll(sayings)].flatMap(({ 0: call, index }) => argumentsAt(source, index + call.length));
  const given = [...source.matchAll(reasons)].map(([, text = '']) => text);
  return [...said, ...given].flatMap(literalsIn).filter((text) => /^[A-Z][a-zA-Z-]* .*\w/.test(text));
}
