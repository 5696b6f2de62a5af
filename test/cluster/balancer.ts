/** A load balancer that knows nothing of sessions: each request goes to the next of the nodes that it has been given. */

import { once } from 'node:events';
import { type Server, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Balancer {
  readonly url: URL;
  readonly #server: Server;
  #nodes: readonly URL[];
  #next = 0;

  private constructor(server: Server, nodes: readonly URL[]) {
    this.#server = server;
    this.#nodes = nodes;
    this.url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  }

  /** @param port a free one where it is not said. */
  static async open(nodes: readonly URL[], port = 0): Promise<Balancer> {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const balancer = new Balancer(server, nodes);
    server.on('request', (request, response) => {
      const node = balancer.#pick();
      const onwards = httpRequest(
        new URL(request.url ?? '/', node),
        { method: request.method!, headers: { ...request.headers, host: node.host } },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          response.flushHeaders();
          answer.pipe(response);
          answer.on('error', () => response.destroy());
        },
      );
      onwards.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
      response.on('close', () => onwards.destroy());
      request.pipe(onwards);
    });
    return balancer;
  }

  /** From now on it asks these. */
  lead(nodes: readonly URL[]): void {
    this.#nodes = nodes;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pick(): URL {
    this.#next += 1;
    return this.#nodes[this.#next % this.#nodes.length]!;
  }
}
