/**
 * Real clients and real servers, once face to face and once with us in between: the same results, and the same bytes on
 * the wire in both directions. Nothing is normalised: the scripts ask only for what a server answers the same each time.
 *
 * Not compared is which progress a client's callback heard: both SDKs lose progress that arrives in one chunk with its
 * response (R13), which depends on the moment. That it was sent, and in which order, is in the bytes.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { fixture, forwarding } from './program.ts';
import { type ClientKind, type SdkClient, clientKinds, connect } from './sdk-client.ts';

const workspace = mkdtempSync(join(tmpdir(), 'sdk-clients-'));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

const resolve = createRequire(import.meta.url).resolve;
const bin = (name: string, ...args: readonly string[]): readonly string[] => [
  process.execPath,
  resolve(`@modelcontextprotocol/${name}/dist/index.js`),
  ...args,
];

/** A conversation; what it returns is compared. `files` is a folder of its own. */
type Script = (client: SdkClient, files: string) => Promise<readonly unknown[]>;

/** What went wrong, as far as the client may see it. */
async function failure(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    (result) => ({ result }),
    (error: Error & { readonly code?: unknown }) => ({ code: error.code, message: error.message }),
  );
}

/** Calls a tool that takes its time, and gives it up when a ping has shown that the server has read the call. */
async function cancelled(client: SdkClient, name: string, args: Record<string, unknown>): Promise<unknown> {
  const controller = new AbortController();
  const call = client.callTool(name, args, { signal: controller.signal });
  const outcome = failure(call);
  await (client.era === 'modern' ? client.listTools() : client.ping());
  controller.abort('no longer wanted');
  return outcome;
}

async function all(steps: readonly (() => Promise<unknown>)[]): Promise<readonly unknown[]> {
  const results: unknown[] = [];
  for (const step of steps) results.push(await step());
  return results;
}

const everything: Script = async (client) => {
  // It asks for the roots some time after the handshake: until then its requests and ours would cross at random.
  await client.heard(({ params }) => String(params?.['data']).startsWith('Roots updated'));
  return all([
    () => client.listTools(),
    () => client.callTool('echo', { message: 'h\u00e9llo \u{1F600}' }),
    () => client.callTool('get-sum', { a: 1, b: 2 }),
    () => client.callTool('get-tiny-image'),
    () => client.callTool('get-structured-content', { location: 'Chicago' }),
    () => client.callTool('get-annotated-message', { messageType: 'error', includeImage: true }),
    () => client.callTool('trigger-long-running-operation', { duration: 0.06, steps: 3 }, { onprogress: () => {} }),
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
    () => client.subscribe('demo://resource/static/document/features.md'),
    () => client.setLoggingLevel('debug'),
    () => cancelled(client, 'trigger-long-running-operation', { duration: 3, steps: 1 }),
    () => client.ping(),
  ]);
};

const memory: Script = async (client) =>
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

const filesystem: Script = async (client, files) => {
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

const thinking: Script = async (client) => {
  const thought = { thought: 'hm', nextThoughtNeeded: true, thoughtNumber: 1, totalThoughts: 2 };
  return all([
    () => client.listTools(),
    () => client.callTool('sequentialthinking', thought),
    () => client.callTool('sequentialthinking', { ...thought, thoughtNumber: 2, nextThoughtNeeded: false }),
    () => failure(client.callTool('sequentialthinking', { thought: 'hm' })),
    () => client.ping(),
  ]);
};

const dualEra: Script = async (client) =>
  all([
    () => client.listTools(),
    () => client.callTool('add', { a: 1, b: 2 }),
    () => client.callTool('steps', { count: 3 }, { onprogress: () => {} }),
    () => client.callTool('consult'),
    () => client.callTool('fail'),
    () => failure(client.callTool('add', { a: 'one' })),
    () => client.listPrompts(),
    () => client.getPrompt('greet', { name: 'you' }),
    () => client.listResources(),
    () => client.listResourceTemplates(),
    () => client.readResource('test://text'),
    () => client.readResource('test://item/7'),
    () => failure(client.readResource('test://none')),
    () => cancelled(client, 'patience', {}),
    async () => {
      const stopListening = client.era === 'modern' ? await client.listen() : undefined;
      const changed = await client.callTool('change');
      await client.heard(({ method }) => method === 'notifications/tools/list_changed');
      // A client that leaves with a subscription open would be told by us that it has ended, and by the server nothing.
      await stopListening?.();
      return changed;
    },
    () => client.listTools(),
  ]);

interface Subject {
  readonly name: string;
  /** The server, with a folder of its own. */
  readonly command: (files: string) => readonly string[];
  readonly script: Script;
  /** The client offers roots, sampling and elicitation. */
  readonly asks: boolean;
}

const subjects = {
  'server-everything': { command: () => bin('server-everything', 'stdio'), script: everything, asks: true },
  'server-memory': {
    command: (files) => ['env', `MEMORY_FILE_PATH=${join(files, 'memory.jsonl')}`, ...bin('server-memory')],
    script: memory,
    asks: false,
  },
  'server-filesystem': { command: (files) => bin('server-filesystem', files), script: filesystem, asks: false },
  'server-sequential-thinking': { command: () => bin('server-sequential-thinking'), script: thinking, asks: false },
  'an SDK v2 server': { command: () => [process.execPath, fixture('sdk-v2-server.mjs')], script: dualEra, asks: true },
} as const satisfies Readonly<Record<string, Omit<Subject, 'name'>>>;

const pairs = Object.entries(subjects).flatMap(([name, subject]) =>
  clientKinds
    .filter((kind) => kind !== 'v2 pin' || name === 'an SDK v2 server')
    .map((kind) => ({ name, kind, subject: { name, ...subject } satisfies Subject as Subject })),
);

/** Every byte of one end, by connection and direction: '0.in', '0.out', and so on where a client connects twice. */
type Wire = Readonly<Record<string, string>>;

function tap(name: string, command: readonly string[]): { readonly command: readonly string[]; wire(): Wire } {
  const directory = join(workspace, name);
  mkdirSync(directory, { recursive: true });
  return {
    command: [fixture('tap.sh'), directory, ...command],
    wire: () =>
      Object.fromEntries(
        readdirSync(directory)
          .sort()
          .map((file) => [file, readFileSync(join(directory, file), 'utf8')]),
      ),
  };
}

async function converse(
  { script, asks }: Subject,
  kind: ClientKind,
  command: readonly string[],
  files: string,
): Promise<readonly unknown[]> {
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files);
  writeFileSync(join(files, 'there.txt'), 'there');
  const client = await connect(kind, command, asks);
  try {
    return [client.era, client.serverInfo(), ...(await script(client, files))];
  } finally {
    await client.close();
  }
}

const timeout = 60_000;

test.concurrent.each(pairs)(
  '$name and a client $kind do not notice us',
  { timeout },
  async ({ name, kind, subject }) => {
    const place = `${name} ${kind}`;
    const files = join(workspace, `${place} files`);
    const direct = tap(`${place} direct`, subject.command(files));
    const ofServer = tap(`${place} server`, subject.command(files));
    const ofClient = tap(`${place} client`, forwarding(ofServer.command));

    const expected = await converse(subject, kind, direct.command, files);
    const results = await converse(subject, kind, ofClient.command, files);

    const wire = direct.wire();
    expect(results).toEqual(expected);
    expect(ofServer.wire()).toEqual(wire);
    expect(ofClient.wire()).toEqual(wire);
    expect(Object.keys(wire)).toHaveLength(kind === 'v2 auto' || kind === 'v2 pin' ? 4 : 2);
    expect(Object.values(wire).join('')).toContain('"tools/call"');
  },
);
