/** What the demo's client does: a handshake and a few exchanges of every kind, with what must come back. */

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CreateMessageRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

import type { Expect } from './expectations.ts';

const sample = 'It has nine.';

function newClient(): Client {
  const client = new Client({ name: 'ninelives-demo', version: '1' }, { capabilities: { sampling: {}, roots: {} } });
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    model: 'demo',
    role: 'assistant',
    content: { type: 'text', text: sample },
  }));
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [] }));
  return client;
}

/** Drives one session from `initialize` to its end. `step` is told what comes next. */
export async function drive(transport: Transport, expect: Expect, step: (what: string) => void): Promise<void> {
  const client = newClient();
  step('initialize');
  await client.connect(transport);

  step('tools/list');
  const { tools } = await client.listTools();
  expect(
    'echo is among the tools',
    tools.some((tool) => tool.name === 'echo'),
    true,
  );

  step('tools/call echo, get-sum');
  const echo = await client.callTool({ name: 'echo', arguments: { message: 'nine lives' } });
  expect('echo answers', echo.content, [{ type: 'text', text: 'Echo: nine lives' }]);
  const sum = await client.callTool({ name: 'get-sum', arguments: { a: 4, b: 5 } });
  expect('get-sum answers', sum.content, [{ type: 'text', text: 'The sum of 4 and 5 is 9.' }]);

  step('a call with progress');
  await callWithProgress(client, expect);

  step('a call that is cancelled');
  expect('the cancelled call', await callAndCancel(client), 'cancelled');

  step('a call that makes the server ask the client');
  const asked = await client.callTool({
    name: 'trigger-sampling-request',
    arguments: { prompt: 'How many lives has a cat?', maxTokens: 9 },
  });
  expect('the sampled answer came back', JSON.stringify(asked.content).includes(sample), true);

  step('ping');
  await client.ping();

  step('close');
  await client.close();
}

async function callWithProgress(client: Client, expect: Expect): Promise<void> {
  const seen: number[] = [];
  await client.callTool({ name: 'trigger-long-running-operation', arguments: { duration: 0.6, steps: 3 } }, undefined, {
    onprogress: ({ progress }) => void seen.push(progress),
  });
  // The SDK's client drops progress that arrives in one chunk with the answer, so the last one may be missing here; the
  // proxy's own count, checked with the session's life, is complete.
  expect('progress is in order', seen, [1, 2, 3].slice(0, seen.length));
}

async function callAndCancel(client: Client): Promise<string> {
  const abort = new AbortController();
  try {
    await client.callTool(
      { name: 'trigger-long-running-operation', arguments: { duration: 5, steps: 50 } },
      undefined,
      { onprogress: () => abort.abort('the demo changed its mind'), signal: abort.signal },
    );
    return 'answered';
  } catch {
    return 'cancelled';
  }
}
