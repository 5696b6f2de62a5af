/**
 * Finds and makes the interceptors that a rule file uses beside its rules: built-in ones by their names, others by their path
 * or their package. Whatever is wrong with one is told as a mistake of the file, where the file names it.
 */

import { createRequire } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { InterceptorDefinition } from '../session/define-interceptor.ts';
import type { Interceptor } from '../session/interception.ts';
import { allowMethods, allowTools, denyMethods, denyTools } from './builtin/allow-and-deny.ts';
import { rateLimit } from './builtin/rate-limit.ts';
import { redact } from './builtin/redact.ts';
import { sizeLimit } from './builtin/size-limit.ts';
import type { PluginData } from './rule-schema.ts';
import { didYouMean } from './suggestion.ts';
import { messageOf } from '../reasons.ts';

export const builtInInterceptors: ReadonlyMap<string, InterceptorDefinition> = new Map(
  [allowMethods, denyMethods, allowTools, denyTools, redact, rateLimit, sizeLimit].map((each) => [each.name, each]),
);

/** @param file the rule file: paths and packages are looked for from where it stands. */
export async function loadPlugin(
  { use, with: options }: PluginData,
  file: string,
): Promise<{ readonly interceptor: Interceptor } | { readonly problem: string }> {
  const found = builtInInterceptors.get(use) ?? (await definitionOf(use, file));
  if ('problem' in found) return found;
  try {
    const made: unknown = found.create(options);
    if (!isIntercept(made)) return { problem: `${use}: create() has to return a function.` };
    return { interceptor: { name: found.name, intercept: made } };
  } catch (error) {
    return { problem: `${use}: ${reasonOf(error)}.` };
  }
}

async function definitionOf(use: string, file: string): Promise<InterceptorDefinition | { readonly problem: string }> {
  const isFile = /^\.{1,2}[\\/]/.test(use) || isAbsolute(use);
  let loaded: unknown;
  try {
    loaded = await import(isFile ? pathToFileURL(resolve(dirname(file), use)).href : placeOfPackage(use, file));
  } catch (error) {
    const names = isFile ? '' : didYouMean(use, builtInInterceptors.keys());
    return { problem: `${use} cannot be loaded: ${reasonOf(error)}.${names}` };
  }
  const definition = exportOf(loaded);
  if (isDefinition(definition)) return definition;
  return {
    problem: `${use}: its export 'interceptor', or its default export, has to be what defineInterceptor gives: a name and create().`,
  };
}

function placeOfPackage(name: string, file: string): string {
  return pathToFileURL(createRequire(pathToFileURL(resolve(file))).resolve(name)).href;
}

/** Under its name, or by default; a module of the older kind has all that one step deeper. */
function exportOf(loaded: unknown): unknown {
  if (!isObject(loaded) || isDefinition(loaded)) return loaded;
  return loaded['interceptor'] ?? exportOf(loaded['default']);
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null;

const isDefinition = (value: unknown): value is InterceptorDefinition =>
  isObject(value) && typeof value['name'] === 'string' && value['name'] !== '' && typeof value['create'] === 'function';

const isIntercept = (value: unknown): value is Interceptor['intercept'] => typeof value === 'function';

function reasonOf(error: unknown): string {
  const [reason = ''] = messageOf(error).split('\n');
  return reason.replace(/\.$/, '');
}
