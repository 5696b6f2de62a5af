/** The fetch-style handler in an app of fastify, as the guide shows it. */

import fastify, { type FastifyInstance } from 'fastify';
import { type UpstreamConnector, createFetchHandler, createRuntime, nodeListener } from '../../src/index.ts';

export function fastifyApp(server: UpstreamConnector): FastifyInstance {
  const listener = nodeListener(createFetchHandler({ runtime: createRuntime(), server }));
  const app = fastify();
  // The body is left as it comes: it goes on byte for byte, and its limit is that of the runtime.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', (_request, _body, done) => done(null));
  app.all('/mcp', (request, reply) => {
    reply.hijack();
    listener(request.raw, reply.raw);
  });
  return app;
}
