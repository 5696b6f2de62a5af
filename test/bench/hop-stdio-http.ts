/** What one hop through `ninelives forward stdio --upstream` adds for a client that starts its server as a child. */

import { aboutHttpHops, measureHttpHop } from './hop-http.ts';
import type { Bench } from './measure.ts';

export const hopStdioHttp: Bench = {
  name: 'hop-stdio-http',
  title: 'One hop from standard streams to HTTP',
  about: `A client on standard streams and an echo server on streamable HTTP, which answers as JSON: through
\`ninelives forward stdio --upstream\`, through a floor that parses and writes every message and sends each in a POST of its own, and,
in place of a direct way that nobody has, a client on HTTP with the same server. *mcp-remote* (0.15.1) is there where
\`npm run bench:peers\` has installed it. ${aboutHttpHops}`,

  measure: async (options) => measureHttpHop(options, { path: 'stdio-http', byParseMost: 1.3, peersLeast: 8 }),
};
