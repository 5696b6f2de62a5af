/**
 * Real clients in front of real servers, over every transport that we have: what a client is told through us is what it is
 * told without us. `forward stdio` in front of commands has a file of its own, sdk-clients.test.ts, which compares bytes.
 *
 * Progress is compared where clients read messages one by one: on HTTP. On pipes and WebSocket both SDKs lose progress that
 * comes in one chunk with its response (R13).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  type Conversation,
  conformance,
  everything,
  failure,
  filesystem,
  memory,
  plainDualEra,
  thinking,
} from './conversations.ts';
import {
  type Listening,
  conformanceServer,
  everythingOver,
  listening,
  reaching,
  reference,
  serving,
} from './listening.ts';
import { fixture, stopAll } from './program.ts';
import { type ClientKind, type Heard, type Way, connect } from './sdk-client.ts';
import { lasting, survivorsOf } from './survivors.ts';

const workspace = mkdtempSync(join(tmpdir(), 'fronts-'));
afterAll(async () => {
  await stopAll();
  rmSync(workspace, { recursive: true, force: true });
});

interface Subject {
  /** Where the server is; `place` is a path that nobody else uses. */
  readonly server: (place: string) => Way | Promise<Way>;
  readonly conversation: Conversation;
  /** The client offers roots, sampling and elicitation. */
  readonly asks: boolean;
  /** The clients, and the era that each of them speaks with it. */
  readonly eras: Readonly<Partial<Record<ClientKind, 'legacy' | 'modern' | undefined>>>;
  /** What clients on HTTP hear of the progress of the calls that have some, before the answer. */
  readonly progress?: readonly (readonly object[])[];
}

const steps = [1, 2, 3].map((progress) => ({ progress, total: 3 }));
const percents = [0, 50, 100].map((progress) => ({ progress, total: 100 }));
const legacy = { v1: undefined, 'v2 auto': 'legacy' } as const;

/**
 * It asks for the roots some time after the handshake, or when it needs them. On HTTP it asks in vain where its stream is not
 * open yet, so it is made to say something there first, until that is heard.
 */
const everythingSettled: Conversation = async (client, place) => {
  const isSaid = ({ params }: Heard): boolean => /^\w+[- ]level[- ]message/.test(String(params?.['data']));
  while (!client.notifications().some(isSaid)) {
    for (const _ of ['on', 'off']) await client.callTool('toggle-simulated-logging');
  }
  await client.callTool('get-roots-list');
  return everything(client, place);
};

const subjects: Readonly<Record<string, Subject>> = {
  'server-everything': {
    server: () => reference('server-everything'),
    conversation: everythingSettled,
    asks: true,
    eras: legacy,
    progress: [steps],
  },
  'server-memory': {
    server: (place) => ['env', `MEMORY_FILE_PATH=${place}.jsonl`, ...reference('server-memory')],
    conversation: memory,
    asks: false,
    eras: { 'v2 auto': 'legacy' },
  },
  'server-filesystem': {
    server: () => reference('server-filesystem', workspace),
    conversation: filesystem,
    asks: false,
    eras: { v1: undefined },
  },
  'server-sequential-thinking': {
    server: () => reference('server-sequential-thinking'),
    conversation: thinking,
    asks: false,
    eras: { 'v2 auto': 'legacy' },
  },
  'a server of both eras': {
    server: () => conformanceServer('stdio.js'),
    conversation: conformance,
    asks: true,
    eras: { v1: undefined, 'v2 auto': 'modern' },
    progress: [percents],
  },
  'server-everything on HTTP': {
    server: async () => (await everythingOver('streamableHttp')).url,
    conversation: everythingSettled,
    asks: true,
    eras: legacy,
    progress: [steps],
  },
  'server-everything on HTTP with server-sent events': {
    server: async () => (await everythingOver('sse')).url,
    conversation: everythingSettled,
    asks: true,
    eras: legacy,
    progress: [steps],
  },
  'a server of both eras on HTTP': {
    server: async () => (await serving(conformanceServer('http.js'))).url,
    conversation: conformance,
    asks: true,
    eras: { v1: undefined, 'v2 auto': 'modern' },
    progress: [percents],
  },
  'an SDK v2 server on HTTP, without sessions': {
    server: async () => (await serving([process.execPath, fixture('sdk-v2-server.mjs'), '--http'])).url,
    conversation: plainDualEra,
    asks: true,
    eras: { v1: undefined, 'v2 legacy': 'legacy', 'v2 auto': 'modern', 'v2 pin': 'modern' },
    progress: [steps],
  },
};

interface Talk {
  readonly era: string | undefined;
  readonly results: unknown;
  readonly progress: readonly unknown[];
}

let talks = 0;

async function converse({ conversation, asks }: Subject, kind: ClientKind, way: Way): Promise<Talk> {
  const files = join(workspace, `files-${(talks += 1)}-`);
  mkdirSync(files);
  writeFileSync(join(files, 'there.txt'), 'there');
  const progress: (readonly unknown[])[] = [];
  const client = await connect(kind, way, asks);
  try {
    const results = [client.serverInfo(), ...(await conversation(client, { files, progress }))];
    const comparable: unknown = JSON.parse(JSON.stringify(results).replaceAll(files, 'files'));
    return { era: client.era, results: comparable, progress };
  } finally {
    await client.close();
  }
}

const timeout = 60_000;

describe.concurrent.each(Object.entries(subjects))('%s', (name, subject) => {
  const place = (way: string): string => join(workspace, `${name} ${way}`.replaceAll(/\W/g, '-'));
  let direct: Way;
  let http: Listening;
  let ws: Listening;

  beforeAll(async () => {
    direct = await subject.server(place('direct'));
    // A server on its pipes is started for each way; one on HTTP is there once.
    const behind = async (way: string): Promise<Way> => (direct instanceof URL ? direct : subject.server(place(way)));
    [http, ws] = await Promise.all([listening('http', await behind('http')), listening('ws', await behind('ws'))]);
  }, timeout);

  test.sequential.each(Object.entries(subject.eras))(
    'P9 P18 says the same to a client %s',
    { timeout },
    async (kind, era) => {
      const talk = async (way: Way): Promise<Talk> => converse(subject, kind as ClientKind, way);
      const [without, overHttp, overWs, overPipes] = await Promise.all([
        talk(direct),
        talk(http.url),
        talk(ws.url),
        direct instanceof URL ? talk(reaching(direct)) : undefined,
      ]);
      expect(without.era).toBe(era);
      const { results } = without;
      expect({ era: overHttp.era, results: overHttp.results }, 'forward http').toEqual({ era, results });
      expect({ era: overWs.era, results: overWs.results }, 'forward ws').toEqual({ era, results });
      if (overPipes !== undefined)
        expect({ era: overPipes.era, results: overPipes.results }, 'forward stdio').toEqual({ era, results });
      expect(overHttp.progress).toEqual(subject.progress ?? []);
    },
  );

  test.sequential('leaves nothing behind', { timeout }, async () => {
    for (const { program } of [http, ws]) program.signal('SIGTERM');
    for (const { program } of [http, ws]) {
      expect(await program.exit).toEqual({ code: 0, signal: null });
      const started = program.log().filter(({ message }) => message === 'server started');
      expect(started.length > 0).toBe(!(direct instanceof URL));
      expect(survivorsOf(started.map(({ pid }) => pid as number))).toEqual([]);
    }
    if (direct instanceof URL) expect(await lasting(direct.href)).toEqual([]);
  });
});

test(
  'a client that asks first finds a server on HTTP with server-sent events, though nobody came before',
  { timeout },
  async () => {
    const { url } = await listening('http', (await everythingOver('sse')).url);
    const client = await connect('v2 auto', url, false);
    expect([client.era, client.serverInfo()]).toMatchObject(['legacy', { server: { name: 'mcp-servers/everything' } }]);
    await client.close();
  },
);

test('a client that insists on 2026-07-28 is told that a server of before does not speak it', { timeout }, async () => {
  const url = (await everythingOver('streamableHttp')).url;
  const command = reference('server-sequential-thinking');
  const fronts = [listening('http', url), listening('ws', url), listening('http', command), listening('ws', command)];
  const ways = [url, reaching(url), ...(await Promise.all(fronts)).map((front) => front.url)];
  const told = await Promise.all(ways.map(async (way) => failure(connect('v2 pin', way, false))));
  expect(told).toEqual(ways.map(() => told[0]));
  expect(told[0]).toMatchObject({ code: 'ERA_NEGOTIATION_FAILED' });
});
