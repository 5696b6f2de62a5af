/** Refuses messages that are larger than they have to be, in one direction or both. */

import { z } from 'zod';
import { defineInterceptor } from '../../session/define-interceptor.ts';
import { optionsOf } from './options.ts';

const schema = z.strictObject({
  bytesMax: z.number().int().min(1),
  direction: z.enum(['client-to-server', 'server-to-client', 'both']).default('both'),
});

/** As what the limit of frames answers. */
const frameTooLarge = 4130;

export const sizeLimit = defineInterceptor({
  name: 'size-limit',
  create: (options) => {
    const { bytesMax, direction } = optionsOf(schema, options);
    return (frame) => {
      if (frame.bytes <= bytesMax || (direction !== 'both' && direction !== frame.direction)) return undefined;
      return { action: 'block', code: frameTooLarge, message: `The message has more than ${bytesMax} bytes` };
    };
  },
});
