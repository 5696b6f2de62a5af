/**
 * The clients of both SDK versions under the same few names, on every transport that they have, answering what a server asks
 * them. What they do on the wire is theirs; nothing here is ours.
 */
import {
  Client as ClientV2,
  StreamableHTTPClientTransport as HttpV2,
  type RequestTypeMap,
  SSEClientTransport as SseV2,
} from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport as SseV1 } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { WebSocketClientTransport } from '@modelcontextprotocol/sdk/client/websocket.js';
import {
  CallToolResultSchema,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { WebSocket } from 'ws';

/** SDK version 1; version 2 with the handshake, asking first, and without the handshake. */
export const clientKinds = ['v1', 'v2 legacy', 'v2 auto', 'v2 pin'] as const;
export type ClientKind = (typeof clientKinds)[number];

/** The way to a server: the command that starts it, or its URL. A path that ends in /sse is that of HTTP with events. */
export type Way = readonly string[] | URL;

export interface CallOptions {
  readonly onprogress?: (progress: unknown) => void;
  readonly signal?: AbortSignal;
}

export interface SdkClient {
  /** Undefined for version 1, which knows one era. */
  readonly era: string | undefined;
  /** What the server calls the session, over streamable HTTP. */
  sessionId(): string | undefined;
  serverInfo(): object;
  callTool(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<unknown>;
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  listPrompts(): Promise<unknown>;
  getPrompt(name: string, args?: Record<string, string>): Promise<unknown>;
  listResources(): Promise<unknown>;
  listResourceTemplates(): Promise<unknown>;
  readResource(uri: string): Promise<unknown>;
  subscribe(uri: string): Promise<unknown>;
  complete(prompt: string, argument: { readonly name: string; readonly value: string }): Promise<unknown>;
  setLoggingLevel(level: 'debug'): Promise<unknown>;
  ping(): Promise<unknown>;
  /** The first notification of the server that fits, now or when it comes; those of the past count too. */
  heard(fits: (notification: Heard) => boolean): Promise<Heard>;
  /** All notifications so far. */
  notifications(): readonly Heard[];
  /** Asks to be told of changes (2026-07-28) and waits until the server agreed. Returns how to stop that. */
  listen(): Promise<() => Promise<void>>;
  /** Ends the session (DELETE), as a client may before it closes. */
  terminate(): Promise<void>;
  close(): Promise<void>;
}

export interface Heard {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

const info = { name: 'sdk-client', version: '1.0.0' };
const roots = [{ uri: 'file:///tmp', name: 'tmp' }];
const sampled = { role: 'assistant' as const, model: 'none', content: { type: 'text' as const, text: 'something' } };
const elicited = { action: 'accept' as const, content: { name: 'somebody', context: 'a test' } };
const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: {} };

/**
 * Starts the command, or goes to the URL, and connects. Over HTTP a client that shook hands has its stream for what the server
 * says by itself, or knows that there is none. `asks`: the client offers roots, sampling and elicitation.
 */
export async function connect(kind: ClientKind, way: Way, asks: boolean): Promise<SdkClient> {
  const heard = new Notifications();
  const stream = new StandaloneStream();
  if (kind === 'v1') {
    const client = new ClientV1(info, { capabilities: asks ? capabilities : {} });
    if (asks) {
      client.setRequestHandler(CreateMessageRequestSchema, () => sampled);
      client.setRequestHandler(ElicitRequestSchema, () => elicited);
      client.setRequestHandler(ListRootsRequestSchema, () => ({ roots }));
    }
    client.fallbackNotificationHandler = async (notification) => heard.add(notification);
    const transport = transportV1(way, stream);
    await client.connect(transport);
    if (transport instanceof HttpV1) await stream.known;
    return {
      ...common(client, heard),
      era: undefined,
      sessionId: () => (transport instanceof HttpV1 ? transport.sessionId : undefined),
      callTool: async (name, given = {}, options = {}) =>
        client.callTool({ name, arguments: given }, CallToolResultSchema, options),
      listen: () => Promise.reject(new Error('version 1 has no subscriptions/listen')),
      terminate: async () => (transport instanceof HttpV1 ? transport.terminateSession() : undefined),
    };
  }
  const mode = { 'v2 legacy': 'legacy', 'v2 auto': 'auto', 'v2 pin': { pin: '2026-07-28' } } as const;
  const client = new ClientV2(info, {
    capabilities: asks ? capabilities : {},
    versionNegotiation: { mode: mode[kind] },
  });
  if (asks) {
    const handlers = {
      'sampling/createMessage': sampled,
      'elicitation/create': elicited,
      'roots/list': { roots },
    };
    for (const [method, answer] of Object.entries(handlers)) {
      client.setRequestHandler(method as keyof RequestTypeMap, () => answer as never);
    }
  }
  client.fallbackNotificationHandler = async (notification) => heard.add(notification);
  const transport = transportV2(way, stream);
  await client.connect(transport);
  const era = client.getProtocolEra();
  if (transport instanceof HttpV2 && era === 'legacy') await stream.known;
  return {
    ...common(client, heard),
    era,
    sessionId: () => (transport instanceof HttpV2 ? transport.sessionId : undefined),
    callTool: async (name, given = {}, options = {}) => client.callTool({ name, arguments: given }, options),
    listen: async () => {
      const subscription = await client.listen({ toolsListChanged: true });
      return async () => subscription.close();
    },
    terminate: async () => (transport instanceof HttpV2 ? transport.terminateSession() : undefined),
  };
}

function transportV1(way: Way, stream: StandaloneStream): StdioV1 | SseV1 | HttpV1 | WebSocketClientTransport {
  if (!(way instanceof URL)) return new StdioV1(started(way));
  if (way.protocol.startsWith('ws')) return overWebSocket(way);
  return way.pathname.endsWith('/sse') ? new SseV1(way) : new HttpV1(way, { fetch: stream.fetch });
}

function transportV2(way: Way, stream: StandaloneStream): StdioV2 | SseV2 | HttpV2 | WebSocketClientTransport {
  if (!(way instanceof URL)) return new StdioV2(started(way));
  if (way.protocol.startsWith('ws')) return overWebSocket(way);
  return way.pathname.endsWith('/sse') ? new SseV2(way) : new HttpV2(way, { fetch: stream.fetch });
}

const started = ([command = '', ...args]: readonly string[]) => ({ command, args, stderr: 'ignore' as const });

/** Version 2 has no transport of its own for WebSocket; that of version 1 wants a global that not every Node has. */
function overWebSocket(url: URL): WebSocketClientTransport {
  Object.assign(globalThis, { WebSocket });
  return new WebSocketClientTransport(url);
}

function common(
  client: ClientV1 | ClientV2,
  heard: Notifications,
): Omit<SdkClient, 'era' | 'sessionId' | 'callTool' | 'listen' | 'terminate'> {
  return {
    serverInfo: () => ({
      server: client.getServerVersion(),
      capabilities: client.getServerCapabilities(),
      instructions: client.getInstructions(),
    }),
    listTools: async () => client.listTools(),
    listPrompts: async () => client.listPrompts(),
    getPrompt: async (name, args = {}) => client.getPrompt({ name, arguments: args }),
    listResources: async () => client.listResources(),
    listResourceTemplates: async () => client.listResourceTemplates(),
    readResource: async (uri) => client.readResource({ uri }),
    subscribe: async (uri) => client.subscribeResource({ uri }),
    complete: async (prompt, argument) => client.complete({ ref: { type: 'ref/prompt', name: prompt }, argument }),
    setLoggingLevel: async (level) => client.setLoggingLevel(level),
    ping: async () => client.ping(),
    heard: async (fits) => heard.wait(fits),
    notifications: () => heard.all(),
    close: async () => client.close(),
  };
}

class Notifications {
  readonly #all: Heard[] = [];
  readonly #waiting: { readonly fits: (notification: Heard) => boolean; readonly resolve: (it: Heard) => void }[] = [];

  all(): readonly Heard[] {
    return [...this.#all];
  }

  add(notification: Heard): void {
    this.#all.push(notification);
    for (const { fits, resolve } of this.#waiting) if (fits(notification)) resolve(notification);
  }

  async wait(fits: (notification: Heard) => boolean): Promise<Heard> {
    return this.#all.find(fits) ?? new Promise((resolve) => this.#waiting.push({ fits, resolve }));
  }
}

/** Whether the client has its stream for what the server says by itself: it asks for it behind our back. */
class StandaloneStream {
  readonly known: Promise<void>;
  #resolve = (): void => {};

  constructor() {
    this.known = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  readonly fetch = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const response = fetch(url, init);
    if (init?.method === 'GET') void response.then(this.#resolve, this.#resolve);
    return response;
  };
}
