/**
 * Real clients and real servers, once face to face and once with us in between: the same results, and the same bytes on
 * the wire in both directions. Nothing is normalised: the scripts ask only for what a server answers the same each time.
 *
 * Not compared is which progress a client's callback heard: both SDKs lose progress that arrives in one chunk with its
 * response (R13), which depends on the moment. That it was sent, and in which order, is in the bytes.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { type Conversation, dualEra, everything, filesystem, memory, thinking } from './conversations.ts';
import { reference } from './listening.ts';
import { fixture, forwarding } from './program.ts';
import { type ClientKind, clientKinds, connect } from './sdk-client.ts';

const workspace = mkdtempSync(join(tmpdir(), 'sdk-clients-'));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

interface Subject {
  readonly name: string;
  /** The server, with a folder of its own. */
  readonly command: (files: string) => readonly string[];
  readonly script: Conversation;
  /** The client offers roots, sampling and elicitation. */
  readonly asks: boolean;
}

const subjects = {
  'server-everything': { command: () => reference('server-everything', 'stdio'), script: everything, asks: true },
  'server-memory': {
    command: (files) => ['env', `MEMORY_FILE_PATH=${join(files, 'memory.jsonl')}`, ...reference('server-memory')],
    script: memory,
    asks: false,
  },
  'server-filesystem': { command: (files) => reference('server-filesystem', files), script: filesystem, asks: false },
  'server-sequential-thinking': {
    command: () => reference('server-sequential-thinking'),
    script: thinking,
    asks: false,
  },
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
    return [client.era, client.serverInfo(), ...(await script(client, { files, progress: [] }))];
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
