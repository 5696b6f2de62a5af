/** How an interceptor is written that a rule file loads by its path or its package's name. */

import type { Interceptor, JsonObject } from './interception.ts';

/** What a plugin exports: as `interceptor`, or by default. */
export interface InterceptorDefinition {
  /** For traces and refusals. */
  readonly name: string;
  /**
   * Makes the interceptor, once for each version of the rule file.
   * @param options what stands under `with` in the rule file: nothing about it is checked before.
   * @throws what is wrong with the options, as a sentence for whoever wrote the file.
   */
  create(options: JsonObject): Interceptor['intercept'];
}

/** Gives back what it is given: for the types. */
export function defineInterceptor(definition: InterceptorDefinition): InterceptorDefinition {
  return definition;
}
