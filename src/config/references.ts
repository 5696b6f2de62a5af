/**
 * What a configuration file refers to instead of saying it: `${NAME}`, a variable of the environment, and `file:PATH`, the text of
 * a file. So that secrets stand elsewhere. Says what is missing, and never what is there.
 */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Paths that are not absolute begin here. */
  readonly folder: string;
}

export type Resolved = { readonly text: string } | { readonly problem: string };

const reference = /\$(\$(?=\{)|\{([^}]*)\}?)/g;
const secretBytesMax = 64 * 1024;

/** `$${` stands for `${` itself. A `file:` is read to its end, without the line ending that editors put there. */
export function resolved(text: string, surroundings: Surroundings): Resolved {
  if (text.startsWith('file:')) return fileText(text.slice('file:'.length), surroundings);
  let problem: string | undefined;
  const replaced = text.replaceAll(reference, (whole, inside: string, name: string | undefined) => {
    if (inside === '$') return '$';
    if (name === undefined || !whole.endsWith('}') || !/^[A-Za-z_]\w*$/.test(name)) {
      problem ??= 'a variable of the environment is written as ${NAME}, and ${ itself as $${';
      return '';
    }
    const value = variableIn(surroundings.environment, name);
    if (value === undefined) problem ??= `the environment has no ${name}`;
    return value ?? '';
  });
  return problem === undefined ? { text: replaced } : { problem };
}

/** The variable of that name; `constructor` and the like are names as any other. */
export function variableIn(environment: Surroundings['environment'], name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}

export function fileText(path: string, { folder }: Surroundings, bytesMax = secretBytesMax): Resolved {
  if (path === '') return { problem: 'after file: stands a path' };
  try {
    const bytes = readFileSync(resolve(folder, path));
    if (bytes.length > bytesMax) return { problem: `${path} has more than ${bytesMax} bytes` };
    return { text: bytes.toString('utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    return { problem: `${path} cannot be read: ${reasons[code] ?? code}` };
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};
