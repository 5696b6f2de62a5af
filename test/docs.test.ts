/**
 * The documentation says what the code does: pages that mirror code are compared with it, examples are run, and links and
 * file names lead somewhere.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import { diagram } from '../scripts/docs/chart-page.ts';
import { chartPages, pagesWithParts, printed, referencePages, withParts } from '../scripts/docs/pages.ts';
import { profileKeys } from '../scripts/docs/profiles-page.ts';
import { tagSentences } from '../scripts/docs/tags-page.ts';
import { parseProfile } from '../src/config/profile-file.ts';
import type { PeerLink, Runtime } from '../src/index.ts';
import { builtInTagRules } from '../src/session/tags.ts';
import { connect, ended } from './docs/embed.example.ts';
import { runtime as guardedRuntime } from './docs/interceptor.example.ts';
import { runtime as taggedRuntime } from './docs/tag-rule.example.ts';

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

describe('pages that mirror code', () => {
  test.each(chartPages)('$path is as the chart runs', async (page) => {
    expect(read(page.path), 'run npm run charts').toBe(await printed(page));
  });

  test.each(referencePages)('$path is as the code says', async (page) => {
    expect(read(page.path), 'run npm run docs').toBe(await printed(page));
  });

  test.each(['', 'forward http', 'tape replay'])(
    'the command that users run says of itself what its page says: %s',
    (path) => {
      const help = execFileSync(
        process.execPath,
        ['dist/bin/ninelives.cjs', ...path.split(' ').filter(Boolean), '--help'],
        {
          encoding: 'utf8',
        },
      );
      expect(read('docs/reference/cli.md')).toContain(
        `\n## ${`ninelives ${path}`.trim()}\n\n\`\`\`text\n${help.trimEnd()}\n`,
      );
    },
  );

  test.each(pagesWithParts)('%s has its parts as they are now', async (path) => {
    expect(read(path)).toMatch(/<!-- part: .+ -->/);
    expect(read(path), 'run npm run docs').toBe(await withParts(read(path)));
  });

  test('a part that nobody makes is an error', async () => {
    await expect(withParts('<!-- part: nothing -->\n<!-- end -->')).rejects.toThrow("There is no part 'nothing'");
  });

  test('all built-in tags are explained, and no others', () => {
    expect(Object.keys(tagSentences)).toEqual(builtInTagRules.map((rule) => rule.tag));
  });

  test('a chart is drawn with its boxes, its merged edges and its ends', () => {
    const chart = setup({ guards: { isLast: () => true }, delays: { patience: 1000 } }).createMachine({
      id: 'door',
      initial: 'shut',
      on: { break: '.gone' },
      states: {
        shut: { on: { open: 'open', knock: {} } },
        open: {
          initial: 'wide',
          states: {
            wide: { after: { patience: 'ajar' } },
            ajar: { always: { guard: 'isLast', target: '#door.shut' } },
          },
          on: { shut: 'shut', slam: { guard: 'isLast', target: 'shut' } },
        },
        gone: { type: 'final' },
      },
    });
    expect(diagram(chart).split('\n')).toEqual([
      'stateDiagram-v2',
      '  direction TB',
      '  [*] --> shut',
      '  shut',
      '  state open {',
      '    [*] --> open.wide',
      '    state "wide" as open.wide',
      '    state "ajar" as open.ajar',
      '  }',
      '  gone',
      '  state "any state" as anyState',
      '  anyState --> gone : break',
      '  shut --> open : open',
      '  open --> shut : shut<br/>slam [isLast]',
      '  open.wide --> open.ajar : after patience',
      '  open.ajar --> shut : always [isLast]',
      '  gone --> [*]',
    ]);
  });
});

const pages = ['.', 'docs', 'docs/decisions', 'docs/guides', 'docs/reference', 'docs/charts'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => posix.join(folder, name)),
);

describe('every page', () => {
  test.each(pages)('%s links to what is there', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);
    const dead = links.filter((link) => !existsSync(posix.join(posix.dirname(path), link)));
    expect(dead).toEqual([]);
  });

  test.each(pages)('%s names files that are there', (path) => {
    const names = [...read(path).matchAll(/`((?:src|machines|test|docs|scripts)\/[\w./-]+\.\w+)`/g)].map(
      ([, name = '']) => name,
    );
    expect(names.filter((name) => !existsSync(name))).toEqual([]);
  });

  test.each(pages)('%s names commands of the package that are there', (path) => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    const names = [...read(path).matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test.each(pages)('%s has JSON that can be read', (path) => {
    for (const [, json = ''] of read(path).matchAll(/```json\n([^]*?)```/g))
      expect(() => JSON.parse(json)).not.toThrow();
  });
});

type Message = Readonly<Record<string, unknown>>;

const encoded = (message: object): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ jsonrpc: '2.0', ...message }));
const decoded = (bytes: Uint8Array): Message => JSON.parse(new TextDecoder().decode(bytes)) as Message;

async function nextMessage(port: MessagePort): Promise<Message> {
  return new Promise((resolve) => {
    port.once('message', (bytes: Uint8Array) => resolve(decoded(bytes)));
  });
}

/** A session of an example's runtime whose server is this test; `written` is what reached each side. */
function talkThrough(runtime: Runtime): {
  readonly session: Extract<ReturnType<Runtime['open']>, { session: unknown }>['session'];
  readonly toClient: readonly Message[];
  readonly toServer: readonly Message[];
} {
  const toClient: Message[] = [];
  const toServer: Message[] = [];
  const link = (written: Message[]): PeerLink => ({
    write: (message) => written.push(decoded(Buffer.concat(message))) > 0,
    pause: () => {},
    close: () => {},
  });
  const opened = runtime.open({ transportType: 'in-memory', client: link(toClient), server: link(toServer) });
  if ('refusal' in opened) throw new Error(opened.refusal.code);
  return { session: opened.session, toClient, toServer };
}

const callOf = (id: number, name: string): Message => ({ id, method: 'tools/call', params: { name } });

describe('examples', () => {
  test('the runtime inside another program carries a call, and settles the one that its server leaves behind', async () => {
    const client = new MessageChannel();
    const server = new MessageChannel();
    connect(client.port1, server.port1);

    client.port2.postMessage(encoded(callOf(1, 'echo')));
    expect(await nextMessage(server.port2)).toMatchObject({ id: 1, method: 'tools/call' });
    server.port2.postMessage(encoded({ id: 1, result: { content: [] } }));
    expect(await nextMessage(client.port2)).toMatchObject({ id: 1, result: { content: [] } });

    client.port2.postMessage(encoded(callOf(2, 'sleep')));
    expect(await nextMessage(server.port2)).toMatchObject({ id: 2 });
    server.port2.close();
    expect(await nextMessage(client.port2)).toMatchObject({ id: 2, error: { data: { code: 'UPSTREAM_LOST' } } });
    expect(Object.fromEntries(ended)).toEqual({ result: 1, 'upstream-lost': 1 });
  });

  test('the interceptor blocks what deletes and lets the rest pass', async () => {
    const { session, toClient, toServer } = talkThrough(guardedRuntime);
    session.client.receive(encoded(callOf(1, 'delete_file')));
    session.client.receive(encoded(callOf(2, 'read_file')));
    expect(toClient).toMatchObject([{ id: 1, error: { code: 4030, message: 'delete_file is not allowed here' } }]);
    expect(toServer).toMatchObject([{ id: 2, params: { name: 'read_file' } }]);
    await guardedRuntime.stop();
  });

  test('the tag rule tags a session while two requests wait, and no longer', async () => {
    const { session } = talkThrough(taggedRuntime);
    session.client.receive(encoded(callOf(1, 'a')));
    session.client.receive(encoded(callOf(2, 'b')));
    expect(session.snapshot().tags).toEqual(['parallel']);
    session.server.receive(encoded({ id: 1, result: {} }));
    expect(session.snapshot().tags).toEqual([]);
    await taggedRuntime.stop();
  });

  test('the profile file is accepted and shows every key there is', () => {
    const file = 'test/docs/profile.example.yaml';
    expect(parseProfile(read(file), file)).toMatchObject({ profile: { name: 'slow-builds', batches: 'never' } });
    expect([...read(file).matchAll(/^(\w+):/gm)].map(([, key]) => key)).toEqual(Object.keys(profileKeys));
  });
});
