/** Reads what a rule file tells a built-in interceptor: all that is wrong with it in one sentence. */

import type { z } from 'zod';

/** @throws Error that says which option is wrong, and how. */
export function optionsOf<T extends z.ZodType>(schema: T, options: unknown): z.output<T> {
  const checked = schema.safeParse(options);
  if (checked.success) return checked.data;
  const said = checked.error.issues.map(
    ({ path, message }) => `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`,
  );
  throw new Error(said.join('; '));
}
