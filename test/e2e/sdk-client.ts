/**
 * The clients of both SDK versions under the same few names, answering what a server asks them. What they do on the wire is
 * theirs; nothing here is ours.
 */
import {
  Client as ClientV2,
  StreamableHTTPClientTransport as HttpV2,
  type RequestTypeMap,
} from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CallToolResultSchema,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

/** SDK version 1; version 2 with the handshake, asking first, and without the handshake. */
export const clientKinds = ['v1', 'v2 legacy', 'v2 auto', 'v2 pin'] as const;
export type ClientKind = (typeof clientKinds)[number];

export interface CallOptions {
  readonly onprogress?: (progress: unknown) => void;
  readonly signal?: AbortSignal;
}

export interface SdkClient {
  /** Undefined for version 1, which knows one era. */
  readonly era: string | undefined;
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
  /** Resolves when the server has sent a notification that fits; those of the past count too. */
  heard(fits: (notification: Heard) => boolean): Promise<void>;
  /** Asks to be told of changes (2026-07-28) and waits until the server agreed. Returns how to stop that. */
  listen(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface Heard {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

const info = { name: 'sdk-client', version: '1.0.0' };
const roots = [{ uri: 'file:///tmp', name: 'tmp' }];
const sampled = { role: 'assistant' as const, model: 'none', content: { type: 'text' as const, text: 'something' } };
const elicited = { action: 'accept' as const, content: { name: 'somebody' } };
const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: {} };

/** Starts the command, or takes the URL, and connects to it. `asks`: the client offers roots, sampling and elicitation. */
export async function connect(kind: ClientKind, server: readonly string[] | URL, asks: boolean): Promise<SdkClient> {
  const heard = new Notifications();
  if (kind === 'v1') {
    const client = new ClientV1(info, { capabilities: asks ? capabilities : {} });
    if (asks) {
      client.setRequestHandler(CreateMessageRequestSchema, () => sampled);
      client.setRequestHandler(ElicitRequestSchema, () => elicited);
      client.setRequestHandler(ListRootsRequestSchema, () => ({ roots }));
    }
    client.fallbackNotificationHandler = async (notification) => heard.add(notification);
    await client.connect(server instanceof URL ? new HttpV1(server) : new StdioV1(spawned(server)));
    return {
      ...common(client, heard),
      era: undefined,
      callTool: async (name, given = {}, options = {}) =>
        client.callTool({ name, arguments: given }, CallToolResultSchema, options),
      listen: () => Promise.reject(new Error('version 1 has no subscriptions/listen')),
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
  await client.connect(server instanceof URL ? new HttpV2(server) : new StdioV2(spawned(server)));
  return {
    ...common(client, heard),
    era: client.getProtocolEra(),
    callTool: async (name, given = {}, options = {}) => client.callTool({ name, arguments: given }, options),
    listen: async () => {
      const subscription = await client.listen({ toolsListChanged: true });
      return async () => subscription.close();
    },
  };
}

function spawned([command = '', ...args]: readonly string[]): { command: string; args: string[]; stderr: 'ignore' } {
  return { command, args, stderr: 'ignore' };
}

function common(client: ClientV1 | ClientV2, heard: Notifications): Omit<SdkClient, 'era' | 'callTool' | 'listen'> {
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
    close: async () => client.close(),
  };
}

class Notifications {
  readonly #all: Heard[] = [];
  readonly #waiting: { readonly fits: (notification: Heard) => boolean; readonly resolve: () => void }[] = [];

  add(notification: Heard): void {
    this.#all.push(notification);
    for (const { fits, resolve } of this.#waiting) if (fits(notification)) resolve();
  }

  async wait(fits: (notification: Heard) => boolean): Promise<void> {
    if (this.#all.some(fits)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ fits, resolve }));
  }
}
