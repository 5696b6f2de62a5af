/** Clients and servers of both official SDKs under one shape, so that one conversation is held with each of them. */

import { Client as ClientV2, InMemoryTransport as PairV2 } from '@modelcontextprotocol/client';
import { Server as ServerV2 } from '@modelcontextprotocol/server';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport as PairV1 } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server as ServerV1 } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  CreateMessageRequestSchema,
  CreateMessageResultSchema,
  ElicitRequestSchema,
  ElicitResultSchema,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { SdkServer, SdkTransport } from '../../src/adapters/sdk-shape.ts';

export type SdkKind = 'v1' | 'v2';

interface Ask {
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>> | undefined;
}

/** What a tool is given, whichever SDK calls it. */
interface Asked {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
  progress(progress: number): Promise<void>;
  sample(text: string): Promise<unknown>;
  elicit(message: string): Promise<unknown>;
}

export interface TestServer extends SdkServer {
  /** What the tools were called for, in order; `aborted ...` when a call was given up. */
  readonly calls: string[];
  /** Resolves when `calls` has these words. */
  saw(words: string): Promise<void>;
}

const info = { name: 'test', version: '1.0.0' };
const capabilities = { tools: {} };
const said = (text: unknown) => ({ content: [{ type: 'text' as const, text: String(text) }] });

/** Runs a tool and writes down that it did. */
class Tools {
  readonly calls: string[] = [];
  readonly #waiting: (() => void)[] = [];

  async run(name: string, asked: Asked): Promise<{ content: { type: 'text'; text: string }[] }> {
    this.#note(name);
    asked.signal.addEventListener('abort', () => this.#note(`aborted ${name}`));
    switch (name) {
      case 'echo':
        return said(asked.arguments['text']);
      case 'who':
        return said(asked.token);
      case 'work':
        for (const progress of [1, 2, 3]) await asked.progress(progress);
        return said('worked');
      case 'sample':
        return said(JSON.stringify(await asked.sample('a word?')));
      case 'elicit':
        return said(JSON.stringify(await asked.elicit('a name?')));
      case 'fail':
        throw new Error('it did not work');
      default:
        return new Promise(() => {});
    }
  }

  async saw(words: string): Promise<void> {
    while (!this.calls.includes(words)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #note(words: string): void {
    this.calls.push(words);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

const sampling = (text: string) => ({
  method: 'sampling/createMessage' as const,
  params: { messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }], maxTokens: 5 },
});
const elicitation = (message: string) => ({
  method: 'elicitation/create' as const,
  params: { mode: 'form' as const, message, requestedSchema: { type: 'object' as const, properties: {} } },
});

export function newServer(kind: SdkKind): TestServer {
  const tools = new Tools();
  const server = kind === 'v1' ? serverV1(tools) : serverV2(tools);
  return {
    calls: tools.calls,
    saw: (words) => tools.saw(words),
    connect: (transport) => server.connect(transport),
    close: () => server.close(),
  };
}

function serverV1(tools: Tools): ServerV1 {
  const server = new ServerV1(info, { capabilities });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [] }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { authInfo, signal, sendNotification, sendRequest }) =>
    tools.run(params.name, {
      arguments: params.arguments ?? {},
      token: authInfo?.token,
      signal,
      progress: (progress) => {
        const progressToken = params._meta?.progressToken ?? '';
        return sendNotification({ method: 'notifications/progress', params: { progress, progressToken } });
      },
      sample: async (text) => (await sendRequest(sampling(text), CreateMessageResultSchema)).content,
      elicit: async (message) => (await sendRequest(elicitation(message), ElicitResultSchema)).action,
    }),
  );
  return server;
}

function serverV2(tools: Tools): ServerV2 {
  const server = new ServerV2(info, { capabilities });
  server.setRequestHandler('tools/list', () => ({ tools: [] }));
  server.setRequestHandler('tools/call', ({ params }, { mcpReq, http }) =>
    tools.run(params.name, {
      arguments: params.arguments ?? {},
      token: http?.authInfo?.token,
      signal: mcpReq.signal,
      progress: (progress) => {
        const progressToken = mcpReq._meta?.progressToken ?? '';
        return mcpReq.notify({ method: 'notifications/progress', params: { progress, progressToken } });
      },
      sample: async (text) => (await mcpReq.send(sampling(text))).content,
      elicit: async (message) => (await mcpReq.send(elicitation(message))).action,
    }),
  );
  return server;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: { readonly progress: number }) => void;
}

export interface TestClient {
  connect(transport: SdkTransport): Promise<void>;
  close(): Promise<void>;
  /** The text of the tool's answer. */
  call(name: string, args?: Ask['arguments'], options?: CallOptions): Promise<string>;
  onclose: (() => void) | undefined;
  readonly errors: string[];
}

const offers = { capabilities: { sampling: {}, elicitation: { form: {} } } };
const sampled = { role: 'assistant' as const, model: 'm', content: { type: 'text' as const, text: 'a word' } };
const textIn = (result: unknown): string =>
  (result as { readonly content: readonly { readonly text: string }[] }).content[0]!.text;

export function newClient(kind: SdkKind): TestClient {
  const errors: string[] = [];
  const client = kind === 'v1' ? clientV1() : clientV2();
  client.onerror = (error) => void errors.push(error.message);
  return {
    errors,
    connect: (transport) => client.connect(transport),
    close: () => client.close(),
    async call(name, args = {}, options = {}) {
      const params = { name, arguments: { ...args } };
      return textIn(
        client instanceof ClientV1
          ? await client.callTool(params, undefined, options)
          : await client.callTool(params, options),
      );
    },
    get onclose() {
      return client.onclose;
    },
    set onclose(onclose: (() => void) | undefined) {
      if (onclose !== undefined) client.onclose = onclose;
    },
  };
}

function clientV1(): ClientV1 {
  const client = new ClientV1(info, offers);
  client.setRequestHandler(CreateMessageRequestSchema, () => sampled);
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'decline' as const }));
  return client;
}

function clientV2(): ClientV2 {
  const client = new ClientV2(info, offers);
  client.setRequestHandler('sampling/createMessage', () => sampled);
  client.setRequestHandler('elicitation/create', () => ({ action: 'decline' as const }));
  return client;
}

/** Two transports of that SDK, each the far end of the other. */
export function newPair(kind: SdkKind): readonly [client: SdkTransport, server: SdkTransport] {
  return kind === 'v1' ? PairV1.createLinkedPair() : PairV2.createLinkedPair();
}
