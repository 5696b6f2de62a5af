/**
 * The client that the conformance suite is run against: the SDK's (version 2), doing what a scenario of the client direction
 * waits for. The suite starts it once for each scenario, names it in the environment, and gives the server's URL last.
 */

import { Client, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';

interface Context {
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: Record<string, unknown> }[];
}

type Act = (client: Client, tools: readonly Tool[], context: Context) => Promise<void>;

const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
const context = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as Context;
const isModern = process.env['MCP_CONFORMANCE_PROTOCOL_VERSION'] === '2026-07-28';

/** Every client connects and asks for the tools; some scenarios want more. */
const acts: Readonly<Record<string, Act>> = {
  initialize: nothingMore,
  'request-metadata': nothingMore,
  'json-schema-ref-no-deref': nothingMore,
  tools_call: call('add_numbers', { a: 5, b: 3 }),
  'sse-retry': call('test_reconnection'),
  'elicitation-sep1034-client-defaults': call('test_client_elicitation_defaults'),
  'http-invalid-tool-headers': callEveryTool,
  'sep-2322-client-request-state': callEveryTool,
  'http-custom-headers': async (client, _, { toolCalls = [] }) => {
    for (const toolCall of toolCalls) await client.callTool(toolCall);
  },
  'http-standard-headers': async (client, tools) => {
    await callEveryTool(client, tools);
    for (const { uri } of (await client.listResources()).resources) await client.readResource({ uri });
    for (const { name } of (await client.listPrompts()).prompts) await client.getPrompt({ name });
  },
  'json-schema-2020-12-preservation': async (client, tools) => {
    const schema = tools.find(({ name }) => name === 'json_schema_2020_12_tool')?.inputSchema;
    await client.callTool({ name: 'json_schema_echo', arguments: { schema } });
  },
};

const act = acts[scenario];
const url = process.argv.at(-1);
if (act === undefined || url === undefined) throw new Error(`Nothing to do for '${scenario}'`);

const client = new Client(
  { name: 'ninelives-conformance-client', version: '1.0.0' },
  {
    capabilities: { roots: {}, sampling: {}, elicitation: { form: { applyDefaults: true } } },
    versionNegotiation: { mode: isModern ? { pin: '2026-07-28' } : 'legacy' },
  },
);
client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { confirmed: true } }));
client.setRequestHandler('roots/list', () => ({ roots: [] }));
client.setRequestHandler('sampling/createMessage', () => ({
  role: 'assistant',
  model: 'none',
  content: { type: 'text', text: 'something' },
}));
await client.connect(new StreamableHTTPClientTransport(new URL(url)));
await act(client, (await client.listTools()).tools, context);
await client.close();

function nothingMore(): Promise<void> {
  return Promise.resolve();
}

function call(name: string, given: Record<string, unknown> = {}): Act {
  return async (asking) => {
    await asking.callTool({ name, arguments: given });
  };
}

async function callEveryTool(asking: Client, tools: readonly Tool[]): Promise<void> {
  for (const { name, inputSchema } of tools) {
    const given = Object.fromEntries((inputSchema.required ?? []).map((argument) => [argument, 'some text']));
    await asking.callTool({ name, arguments: given });
  }
}
