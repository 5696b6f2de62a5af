/** The names that a handler for others goes by, as the guide shows it. */

import { type FetchHandler, type UpstreamConnector, createFetchHandler, createRuntime } from '../../src/index.ts';

export function handlerForOthers(server: UpstreamConnector): FetchHandler {
  const door = { allowHosts: ['mcp.example.com'], allowOrigins: ['https://app.example.com'] };
  return createFetchHandler({ runtime: createRuntime(), server, door });
}
