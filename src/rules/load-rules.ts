/** Reads a rule file from the disk with everything that it refers to, or says all that is wrong with it. */

import { readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';

import type { Interceptor } from '../session/interception.ts';
import { loadPlugin } from './plugins.ts';
import type { RuleSet } from './rule-engine.ts';
import { readRuleFile } from './rule-file.ts';
import type { Problem } from './yaml-places.ts';
import { systemReason } from '../reasons.ts';

export type LoadedRules = { readonly ruleSet: RuleSet } | { readonly problems: readonly Problem[] };

export interface LoadOptions {
  /** Whether rules may make things go wrong on purpose. */
  readonly takesFaults?: boolean;
}

export async function loadRules(file: string, options: LoadOptions = {}): Promise<LoadedRules> {
  const text = textOf(file);
  if ('problem' in text) return { problems: [{ line: 1, column: 1, where: '', message: `${text.problem}.` }] };
  const folder = dirname(resolve(file));
  const readMock = (name: string): ReturnType<typeof textOf> => {
    const path = resolve(folder, name);
    if (relative(folder, path).split(sep)[0] === '..')
      return { problem: 'it stands outside the folder of the rule file' };
    return textOf(path);
  };
  const read = readRuleFile(text.text, { ...options, readMock });
  if ('problems' in read) return read;
  const problems: Problem[] = [];
  const plugins: Interceptor[] = [];
  for (const [index, plugin] of read.plugins.entries()) {
    const loaded = await loadPlugin(plugin, file);
    if ('interceptor' in loaded) plugins.push(loaded.interceptor);
    else problems.push(read.problemAt(['plugins', index, 'use'], loaded.problem));
  }
  return problems.length > 0 ? { problems } : { ruleSet: { rules: read.rules, plugins } };
}

function textOf(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    const reason = systemReason(error);
    return { problem: `it cannot be read: ${reason}` };
  }
}
