/**
 * What clients and servers of others say to each other, server by server: each conversation asks only for what its server answers the
 * same each time, and returns what is compared. It uses all that the server has, and fits both eras where the server does.
 */
import { join } from 'node:path';
import type { SdkClient } from './sdk-client.ts';

export interface Place {
  /** A folder of its own, with the file there.txt. */
  readonly files: string;
  /** What the client had heard of a call's progress when it was answered, call by call. */
  readonly progress: (readonly unknown[])[];
}

export type Conversation = (client: SdkClient, place: Place) => Promise<readonly unknown[]>;

/** What went wrong, as far as the client may see it. */
export async function failure(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    (result) => ({ result }),
    (error: Error & { readonly code?: unknown }) => ({ code: error.code, message: error.message }),
  );
}

/** Calls a tool that takes its time, and gives it up when another answer has shown that the server has read the call. */
export async function cancelled(client: SdkClient, name: string, args: Record<string, unknown>): Promise<unknown> {
  const controller = new AbortController();
  const call = client.callTool(name, args, { signal: controller.signal });
  const outcome = failure(call);
  await (client.era === 'modern' ? client.listTools() : client.ping());
  controller.abort('no longer wanted');
  return outcome;
}

async function withProgress(
  client: SdkClient,
  { progress }: Place,
  name: string,
  args: Record<string, unknown> = {},
): Promise<unknown> {
  const heard: unknown[] = [];
  const result = await client.callTool(name, args, { onprogress: (step) => heard.push(step) });
  progress.push([...heard]);
  return result;
}

async function all(steps: readonly (() => Promise<unknown>)[]): Promise<readonly unknown[]> {
  const results: unknown[] = [];
  for (const step of steps) results.push(await step());
  return results;
}

/** Its progress is a list of one: the steps 1 to 3. */
export const everything: Conversation = async (client, place) => {
  // It asks for the roots some time after the handshake: until then its requests and ours would cross at random.
  await client.heard(({ params }) => String(params?.['data']).startsWith('Roots updated'));
  return all([
    () => client.listTools(),
    () => client.callTool('echo', { message: 'h\u00e9llo \u{1F600}' }),
    () => client.callTool('get-sum', { a: 1, b: 2 }),
    () => client.callTool('get-tiny-image'),
    () => client.callTool('get-structured-content', { location: 'Chicago' }),
    () => client.callTool('get-annotated-message', { messageType: 'error', includeImage: true }),
    () => withProgress(client, place, 'trigger-long-running-operation', { duration: 0.06, steps: 3 }),
    () => client.callTool('trigger-sampling-request', { prompt: 'say something', maxTokens: 5 }),
    () => client.callTool('trigger-elicitation-request'),
    () => client.callTool('get-roots-list'),
    () => failure(client.callTool('no-such-tool')),
    () => client.listPrompts(),
    () => client.getPrompt('simple-prompt'),
    () => client.getPrompt('args-prompt', { city: 'Paris', state: 'TX' }),
    () => client.complete('completable-prompt', { name: 'department', value: 'E' }),
    () => client.listResources(),
    () => client.listResourceTemplates(),
    () => client.readResource('demo://resource/static/document/features.md'),
    () => failure(client.readResource('demo://resource/none')),
    async () => {
      const subscribed = await client.subscribe('demo://resource/static/document/features.md');
      await client.callTool('toggle-subscriber-updates');
      const updated = await client.heard(({ method }) => method === 'notifications/resources/updated');
      await client.callTool('toggle-subscriber-updates');
      return [subscribed, updated];
    },
    () => client.setLoggingLevel('debug'),
    () => cancelled(client, 'trigger-long-running-operation', { duration: 3, steps: 1 }),
    () => client.ping(),
  ]);
};

export const memory: Conversation = async (client) =>
  all([
    () => client.listTools(),
    () => client.callTool('create_entities', { entities: [{ name: 'a', entityType: 'letter', observations: ['x'] }] }),
    () => client.callTool('add_observations', { observations: [{ entityName: 'a', contents: ['y'.repeat(100_000)] }] }),
    () => client.callTool('create_relations', { relations: [{ from: 'a', to: 'a', relationType: 'is' }] }),
    () => client.callTool('search_nodes', { query: 'y' }),
    () => client.callTool('delete_entities', { entityNames: ['a'] }),
    () => client.callTool('read_graph'),
    () => failure(client.callTool('create_entities', { entities: 'none' })),
    () => client.ping(),
  ]);

export const filesystem: Conversation = async (client, { files }) => {
  const file = join(files, 'written.txt');
  return all([
    () => client.listTools(),
    () => client.callTool('list_allowed_directories'),
    () => client.callTool('write_file', { path: file, content: 'first line\nsecond \u{1F600} line\n' }),
    () => client.callTool('read_text_file', { path: file, head: 1 }),
    () => client.callTool('edit_file', { path: file, edits: [{ oldText: 'first', newText: 'changed' }] }),
    () => client.callTool('read_text_file', { path: file }),
    () => client.callTool('list_directory', { path: files }),
    () => failure(client.callTool('read_text_file', { path: '/etc/hostname' })),
    () => client.ping(),
  ]);
};

export const thinking: Conversation = async (client) => {
  const thought = { thought: 'hm', nextThoughtNeeded: true, thoughtNumber: 1, totalThoughts: 2 };
  return all([
    () => client.listTools(),
    () => client.callTool('sequentialthinking', thought),
    () => client.callTool('sequentialthinking', { ...thought, thoughtNumber: 2, nextThoughtNeeded: false }),
    () => failure(client.callTool('sequentialthinking', { thought: 'hm' })),
    () => client.ping(),
  ]);
};

/** What test/fixtures/sdk-v2-server.mjs answers by itself, also where it has no way to ask its client or to speak first. */
export const plainDualEra: Conversation = async (client, place) =>
  all([
    () => client.listTools(),
    () => client.callTool('add', { a: 1, b: 2 }),
    () => withProgress(client, place, 'steps', { count: 3 }),
    () => client.callTool('fail'),
    () => failure(client.callTool('add', { a: 'one' })),
    () => client.listPrompts(),
    () => client.getPrompt('greet', { name: 'you' }),
    () => client.listResources(),
    () => client.listResourceTemplates(),
    () => client.readResource('test://text'),
    () => client.readResource('test://item/7'),
    () => cancelled(client, 'patience', {}),
    // A client that leaves at once takes its cancellation back with it.
    () => failure(client.readResource('test://none')),
  ]);

/** What test/fixtures/sdk-v2-server.mjs says on a connection. */
export const dualEra: Conversation = async (client, place) => [
  ...(await plainDualEra(client, place)),
  ...(await all([
    () => client.callTool('consult'),
    async () => {
      const stopListening = client.era === 'modern' ? await client.listen() : undefined;
      const changed = await client.callTool('change');
      await client.heard(({ method }) => method === 'notifications/tools/list_changed');
      // A client that leaves with a subscription open would be told by us that it has ended, and by the server nothing.
      await stopListening?.();
      return changed;
    },
    () => client.listTools(),
  ])),
];

/** What the server of the conformance suite, test/conformance/fixture, says. Its progress is a list of one: 0, 50 and 100. */
export const conformance: Conversation = async (client, place) => {
  const isLegacy = client.era !== 'modern';
  return all([
    () => client.listTools(),
    () => client.callTool('test_simple_text'),
    () => client.callTool('test_multiple_content_types'),
    () => client.callTool('test_error_handling'),
    () => failure(client.callTool('no_such_tool')),
    () => withProgress(client, place, 'test_tool_with_progress'),
    async () => {
      if (isLegacy) await client.setLoggingLevel('debug');
      const logged = await client.callTool('test_tool_with_logging');
      if (isLegacy) await client.heard(({ params }) => params?.['data'] === 'Tool execution completed');
      return [logged, client.notifications().filter(({ method }) => method === 'notifications/message')];
    },
    () => client.callTool('test_sampling', { prompt: 'Say something.' }),
    () => client.callTool('test_elicitation', { message: 'Who are you?' }),
    () => client.callTool('test_elicitation_sep1034_defaults'),
    () => client.callTool('test_input_required_result_list_roots'),
    () => client.callTool('test_input_required_result_multiple_inputs'),
    () => client.callTool('test_input_required_result_multi_round'),
    () => client.callTool('test_input_required_result_request_state'),
    () => client.callTool('test_reconnection'),
    () => client.callTool('json_schema_2020_12_tool', { contactMethod: 'email', email: 'a@example.com' }),
    // A client of 2026-07-28 says the argument in a header too, over HTTP.
    () => client.callTool('test_header_parameter', { region: 'eu' }),
    () => client.listPrompts(),
    () => client.getPrompt('test_prompt_with_arguments', { arg1: 'one', arg2: 'two' }),
    () => client.getPrompt('test_input_required_result_prompt'),
    () => client.complete('test_prompt_with_arguments', { name: 'arg1', value: 'par' }),
    () => client.listResources(),
    () => client.listResourceTemplates(),
    () => client.readResource('test://static-binary'),
    () => client.readResource('test://template/7/data'),
    () => failure(client.readResource('test://none')),
    async () => (isLegacy ? client.subscribe('test://watched-resource') : undefined),
    async () => {
      const stopListening = isLegacy ? undefined : await client.listen();
      const changed = await client.callTool('test_trigger_tool_change');
      const heard = await client.heard(({ method }) => method === 'notifications/tools/list_changed');
      await stopListening?.();
      return [changed, heard];
    },
    async () => (isLegacy ? client.ping() : undefined),
  ]);
};
