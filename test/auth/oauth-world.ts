/** An authorization server (oidc-provider) and an MCP server that takes its tokens (SDK version 1), both on this machine. */

import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { Provider } from 'oidc-provider';
import { WebSocketServer } from 'ws';
import { onTestFinished } from 'vitest';

export interface WorldOptions {
  /** How long an access token holds, in seconds. */
  readonly accessSeconds?: number;
  readonly refreshSeconds?: number;
  /** Tokens that say themselves what they are good for, or that only their issuer knows. */
  readonly format?: 'opaque' | 'jwt';
  /** Whether clients that nobody knows may register. */
  readonly registers?: boolean;
  /** A client that is registered already. */
  readonly client?: { readonly id: string; readonly secret?: string; readonly redirectUri: string };
}

export class World {
  /** What was asked of the token endpoint, by kind of grant. */
  readonly grants: string[] = [];
  /** Clients that were registered. */
  registrations = 0;
  /** Requests that the MCP server refused, and calls that it executed. */
  refused = 0;
  executed = 0;
  /** What a challenge says besides. */
  challenge = '';
  /** Tokens that the MCP server takes no longer. */
  readonly revoked = new Set<string>();
  /** Every token that it was brought. */
  readonly brought = new Set<string>();
  /** Called before a token endpoint answers. */
  beforeToken: () => Promise<void> = async () => {};
  issuer = '';
  url = new URL('http://localhost');
  provider: Provider | undefined;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #sessions = new Map<string, StreamableHTTPServerTransport>();

  static async open(options: WorldOptions = {}): Promise<World> {
    const world = new World();
    const issuing = await listening();
    const serving = await listening();
    world.issuer = originOf(issuing);
    world.url = new URL('/mcp', originOf(serving));
    const provider = providerOf(world, options);
    world.provider = provider;
    provider.use(async (context, next) => {
      const isToken = context.path === '/token';
      if (isToken) await world.beforeToken();
      await next();
      if (isToken) world.grants.push(String(context.oidc.params?.['grant_type']));
      if (context.path === '/reg') world.registrations += 1;
    });
    const answer = provider.callback();
    issuing.on('request', (request, response) => void answer(request, response));
    serving.on('request', (request, response) => void world.#serve(request, response));
    world.#serveSockets(serving);
    onTestFinished(() => {
      for (const server of [issuing, serving]) {
        server.closeAllConnections();
        server.close();
      }
    });
    return world;
  }

  /** Sessions that are open. */
  get sessions(): number {
    return this.#sessions.size;
  }

  async untilRefused(requests: number): Promise<void> {
    while (this.refused < requests) await once(this.#changes, 'refused');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith('/.well-known/oauth-protected-resource') === true) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ resource: this.url.href, authorization_servers: [this.issuer], scopes_supported: ['mcp'] }),
      );
      return;
    }
    const chunks = await request.toArray();
    const challenge = await this.#challengeTo(request);
    if (challenge !== undefined) {
      response.writeHead(401, { 'www-authenticate': challenge });
      response.end();
      return;
    }
    const body: unknown = chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
    const sessionId = request.headers['mcp-session-id'];
    const transport = typeof sessionId === 'string' ? this.#sessions.get(sessionId) : await this.#newSession();
    if (transport === undefined) response.writeHead(404).end();
    else await transport.handleRequest(request, response, body);
  }

  /** Over WebSocket it is a server that answers a handshake and tells what it has executed, and nothing else. */
  #serveSockets(serving: Server): void {
    const sockets = new WebSocketServer({
      server: serving,
      verifyClient: ({ req }, answer) => {
        void this.#challengeTo(req).then((challenge) =>
          challenge === undefined ? answer(true) : answer(false, 401, '', { 'WWW-Authenticate': challenge }),
        );
      },
    });
    sockets.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        const { id, method } = JSON.parse(data.toString()) as { readonly id?: unknown; readonly method: string };
        const shaken = {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'protected', version: '1.0.0' },
        };
        if (id === undefined) return;
        const text = (): string => String(++this.executed);
        const result = method === 'initialize' ? shaken : { content: [{ type: 'text', text: text() }] };
        socket.send(JSON.stringify({ jsonrpc: '2.0', id, result }));
      });
    });
    onTestFinished(() => {
      for (const socket of sockets.clients) socket.terminate();
    });
  }

  /** What somebody is told whose token is worth nothing here; undefined: it is. */
  async #challengeTo(request: IncomingMessage): Promise<string | undefined> {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined) this.brought.add(token);
    const known =
      token === undefined || this.revoked.has(token) ? undefined : await this.provider?.AccessToken.find(token);
    const audience = known === undefined ? undefined : [known.aud].flat();
    if (known?.isValid === true && audience?.includes(this.url.href) === true) return undefined;
    this.refused += 1;
    this.#changes.emit('refused');
    const place = new URL('/.well-known/oauth-protected-resource/mcp', this.url).href;
    const error = token === undefined ? '' : 'error="invalid_token", ';
    return `Bearer ${error}${this.challenge}resource_metadata="${place}"`;
  }

  async #newSession(): Promise<StreamableHTTPServerTransport> {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void this.#sessions.set(id, transport),
      onsessionclosed: (id) => void this.#sessions.delete(id),
    });
    const server = new McpServer({ name: 'protected', version: '1.0.0' });
    server.registerTool('count', {}, () => ({ content: [{ type: 'text', text: String(++this.executed) }] }));
    await server.connect(transport);
    return transport;
  }
}

function providerOf(
  world: World,
  { format = 'opaque', accessSeconds = 3600, refreshSeconds = 7200, registers = true, client }: WorldOptions,
): Provider {
  return new Provider(world.issuer, {
    clients:
      client === undefined
        ? []
        : [
            {
              client_id: client.id,
              redirect_uris: [client.redirectUri],
              grant_types: ['authorization_code', 'refresh_token'],
              application_type: 'native',
              ...(client.secret === undefined
                ? { token_endpoint_auth_method: 'none' as const }
                : { client_secret: client.secret }),
            },
          ],
    cookies: { keys: ['a key for tests'] },
    scopes: ['openid', 'offline_access', 'mcp', 'admin'],
    features: {
      registration: { enabled: registers },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'mcp admin',
          audience: resource,
          accessTokenTTL: accessSeconds,
          accessTokenFormat: format,
        }),
      },
    },
    issueRefreshToken: () => true,
    ttl: { AccessToken: accessSeconds, RefreshToken: refreshSeconds, Grant: 7200, Session: 7200, Interaction: 600 },
  });
}

async function listening(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
