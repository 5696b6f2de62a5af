/** What one hop through `ninelives forward http` adds in front of a server that is started as a child. */

import { aboutHttpHops, measureHttpHop } from './hop-http.ts';
import type { Bench } from './measure.ts';

export const hopHttpStdio: Bench = {
  name: 'hop-http-stdio',
  title: 'One hop from HTTP to standard streams',
  about: `A client on streamable HTTP, and a server on standard streams that echoes what \`tools/call\` says: directly over standard streams,
through \`ninelives forward http\`, and through two floors: *scan* reads envelopes with our own scanner, keeps the bytes and answers
as JSON, *parse* parses and writes every message and answers as a stream of events. *mcp-proxy* (6.7.19, one server for all) and
*supergateway* (4.0.0, \`--stateful\`, without its log; it takes no message above 100 KB) are there where \`npm run bench:peers\` has
installed them. ${aboutHttpHops}`,

  measure: async (options) =>
    measureHttpHop(options, {
      path: 'http-stdio',
      byParseMost: 1.3,
      peersLeast: 8,
      long: { floor: 'scan', most: 1.4 },
    }),
};
