/** Refuses requests of clients that come too fast: so many in a time, for each session, principal or tool. */

import { RateLimiter } from 'limiter';
import { z } from 'zod';
import { defineInterceptor } from '../../session/define-interceptor.ts';
import type { InterceptContext } from '../../session/interception.ts';
import { matchesGlob } from '../glob.ts';
import { optionsOf } from './options.ts';

const schema = z.strictObject({
  requests: z.number().int().min(1).max(1_000_000),
  perMs: z.number().int().min(1).max(86_400_000),
  by: z.enum(['session', 'principal', 'tool', 'all']).default('session'),
  methods: z.array(z.string().min(1).max(256)).min(1).max(100).default(['*']),
});

/** Who is counted at once; whoever has not been heard of for the longest time begins anew. */
const countedMax = 10_000;

/** As what the limits of a session answer. */
const tooManyRequests = 4290;

export const rateLimit = defineInterceptor({
  name: 'rate-limit',
  create: (options) => {
    const { requests, perMs, by, methods } = optionsOf(schema, options);
    const limiters = new Map<string, RateLimiter>();
    const limiterOf = (key: string): RateLimiter => {
      const limiter = limiters.get(key) ?? new RateLimiter({ tokensPerInterval: requests, interval: perMs });
      limiters.delete(key);
      limiters.set(key, limiter);
      for (const oldest of limiters.keys()) {
        if (limiters.size <= countedMax) break;
        limiters.delete(oldest);
      }
      return limiter;
    };
    return (frame) => {
      if (frame.direction === 'server-to-client' || frame.kind !== 'request') return undefined;
      if (!methods.some((glob) => matchesGlob(frame.method, glob))) return undefined;
      if (limiterOf(keyOf(frame, by)).tryRemoveTokens(1)) return undefined;
      return { action: 'block', code: tooManyRequests, message: `More than ${requests} requests in ${perMs} ms` };
    };
  },
});

function keyOf({ sessionId, metadata, name, method }: InterceptContext, by: z.output<typeof schema>['by']): string {
  switch (by) {
    case 'session':
      return sessionId;
    case 'principal':
      return metadata.principal ?? '';
    case 'tool':
      return `${method} ${name}`;
    case 'all':
      return '';
  }
}
