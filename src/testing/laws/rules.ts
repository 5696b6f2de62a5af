/** The rules of the author hold: what they say is wrong is. */

import { law } from './verdict.ts';

export const authorsRules = law(
  {
    id: 'rules',
    text: 'What the rules of its author ask of it is as they ask.',
    source: 'The author of the thing under test',
    of: ['server', 'proxy', 'client'],
  },
  ({ rules }, verdict) => {
    for (const { name, failure, seq } of rules) {
      verdict.tried();
      if (failure !== undefined) verdict.broken(`${name}: ${failure}`, seq);
    }
  },
);
