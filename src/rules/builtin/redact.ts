/** Replaces the values of members that should not be seen, wherever they stand in what a message carries. */

import { z } from 'zod';
import { defineInterceptor } from '../../session/define-interceptor.ts';
import type { JsonObject } from '../../session/interception.ts';
import { optionsOf } from './options.ts';

const schema = z.strictObject({
  keys: z.array(z.string().min(1).max(256)).min(1).max(200),
  replacement: z.string().max(200).default('[redacted]'),
  direction: z.enum(['client-to-server', 'server-to-client', 'both']).default('both'),
});

/** The members of a message in which something may be redacted; its id and its method stay. */
const carriers = ['params', 'result', 'error'] as const;

export const redact = defineInterceptor({
  name: 'redact',
  create: (options) => {
    const { keys, replacement, direction } = optionsOf(schema, options);
    const secret = new Set(keys.map((key) => key.toLowerCase()));
    return (frame) => {
      if (direction !== 'both' && direction !== frame.direction) return undefined;
      const message = redacted(frame.message, secret, replacement);
      return message === frame.message ? undefined : { action: 'modify', message };
    };
  },
});

function redacted(message: JsonObject, secret: ReadonlySet<string>, replacement: string): JsonObject {
  const cleaned = carriers
    .map((carrier) => [carrier, without(message[carrier], secret, replacement)] as const)
    .filter(([carrier, clean]) => clean !== message[carrier]);
  return cleaned.length === 0 ? message : { ...message, ...Object.fromEntries(cleaned) };
}

/** The value itself where nothing in it is secret. */
function without(value: unknown, secret: ReadonlySet<string>, replacement: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  let hasChanged = false;
  const clean = Object.entries(value).map(([key, member]: [string, unknown]) => {
    const cleaned =
      !Array.isArray(value) && secret.has(key.toLowerCase()) ? replacement : without(member, secret, replacement);
    hasChanged ||= cleaned !== member;
    return [key, cleaned] as const;
  });
  if (!hasChanged) return value;
  return Array.isArray(value) ? clean.map(([, member]) => member) : Object.fromEntries(clean);
}
