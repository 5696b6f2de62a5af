/** The fetch-style handler in an app of hono, as the guide shows it. */

import { Hono } from 'hono';
import { type UpstreamConnector, createFetchHandler, createRuntime } from '../../src/index.ts';

export function honoApp(server: UpstreamConnector): Hono {
  const mcp = createFetchHandler({ runtime: createRuntime(), server });
  const app = new Hono();
  app.all('/mcp', async (context) => mcp.fetch(context.req.raw));
  return app;
}
