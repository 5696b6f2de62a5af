/** What one hop through `ninelives forward http --upstream` adds in front of a server that runs already. */

import { aboutHttpHops, measureHttpHop } from './hop-http.ts';
import type { Bench } from './measure.ts';

export const hopHttpHttp: Bench = {
  name: 'hop-http-http',
  title: 'One hop from HTTP to HTTP',
  about: `A client and an echo server on streamable HTTP, which answers as JSON: directly, through \`ninelives forward http --upstream\`,
and through two floors: *pipe* hands bodies through as they come, *parse* parses and writes every message. *inspector-server*
(1.0.3 of the MCP Inspector's proxy) and *civic* (\`@civic/passthrough-mcp-server\` 0.12.1) are there where \`npm run bench:peers\` has
installed them. ${aboutHttpHops}`,

  measure: async (options) => measureHttpHop(options, { path: 'http-http', byParseMost: 1.3, peersLeast: 10 }),
};
