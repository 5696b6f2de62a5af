/** What a breakpoint that somebody sets at run time may say, and within which bounds. The admin API publishes this shape. */

import { z } from 'zod';
import { sessionStates } from '../session/outcomes.ts';

const timeoutMsMax = 3_600_000;
const usualTimeoutMs = 60_000;

const state = z.enum([...sessionStates, 'active']);

export const breakpointSchema = z
  .strictObject({
    when: z
      .string()
      .min(1)
      .max(2048)
      .optional()
      .describe('A condition in CEL, as in rule files; always if it is absent.'),
    kind: z.enum(['request', 'response', 'notification']).optional(),
    method: z.string().min(1).max(256).optional(),
    direction: z.enum(['client-to-server', 'server-to-client']).optional(),
    session: z.string().min(1).max(256).optional().describe('The id of the one session that is meant.'),
    transition: z
      .strictObject({ from: state.optional(), to: state.optional() })
      .optional()
      .describe('The first frame is meant that comes after the session went from the one state to the other.'),
    timeoutMs: z
      .int()
      .min(1)
      .max(timeoutMsMax)
      .default(usualTimeoutMs)
      .describe('How long a frame waits for somebody to decide.'),
    byDefault: z.enum(['resume', 'block']).default('resume').describe('What happens when nobody has decided by then.'),
    scope: z
      .enum(['direction', 'exchange'])
      .default('direction')
      .describe('What waits behind the frame: later frames of its session and direction, or none.'),
  })
  .refine(({ kind, method }) => kind !== 'response' || method === undefined, {
    message: 'A response has no method',
    path: ['method'],
  });

export type BreakpointData = z.output<typeof breakpointSchema>;
