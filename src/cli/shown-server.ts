/**
 * What a process is in front of, in words for people: the command as it was given, since many servers are started by the same program.
 * What is named or looks like a secret is hidden.
 */

import { isSecretName, redactText, redacted } from '../redaction.ts';
import type { ServerRequest } from './server-flags.ts';

const charactersMax = 300;

/** @param name what a server that is not started here is called. */
export function shownServer(server: ServerRequest, name: string): string {
  if (!('command' in server)) return name;
  const words = [server.command, ...server.args].map((word, index, all) => shownWord(word, all[index - 1]));
  const text = words.join(' ');
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1)}…`;
}

/** A word of a command line with secrets hidden: `--api-key VALUE`, `--api-key=VALUE`, `API_KEY=VALUE`. */
export function shownWord(word: string, before = ''): string {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(word) ?? [];
  if (name !== undefined && value !== undefined && isSecretName(name)) return `${name}=${redacted}`;
  if (before.startsWith('-') && !before.includes('=') && !word.startsWith('-') && isSecretName(before)) return redacted;
  return redactText(word);
}
