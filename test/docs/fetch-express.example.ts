/** The fetch-style handler in an app of express, as the guide shows it. */

import express from 'express';
import { type UpstreamConnector, createFetchHandler, createRuntime, nodeListener } from '../../src/index.ts';

/** What a middleware of yours has found out about who sends a request. */
type Known = express.Request & { readonly auth?: { readonly clientId: string } };

export function expressApp(server: UpstreamConnector): express.Express {
  const mcp = createFetchHandler({ runtime: createRuntime(), server });
  const app = express();
  const from = ({ auth }: Known) => ({ principal: auth?.clientId });
  app.all('/mcp', nodeListener(mcp, { from }));
  return app;
}
