/** A plugin of a rule file, as docs/reference/rules.md shows it. */

import { defineInterceptor } from '../../src/index.ts';

export const interceptor = defineInterceptor({
  name: 'office-hours',
  create({ from = 9, to = 17 }) {
    if (typeof from !== 'number' || typeof to !== 'number') throw new Error('from and to are hours');
    return ({ method, timestamp }) => {
      const hour = new Date(timestamp).getUTCHours();
      if (method !== 'tools/call' || (hour >= from && hour < to)) return undefined;
      return { action: 'block', message: 'We are closed' };
    };
  },
});
