/** What nodes rely on, held against every engine that there is. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { Conflict, type Engine, type Mail, Unavailable, type WatchedEntry } from '../../src/cluster/engine.ts';
import { MemoryEngine, MemoryHub } from '../../src/cluster/memory-engine.ts';
import { natsEngine } from '../../src/cluster/nats-engine.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { NatsServer, hasNoNats } from './nats-server.ts';

/** Engines of one cluster: one for each node, and another cluster that they do not see. */
interface Kind {
  readonly name: string;
  readonly isAbsent: boolean;
  /** @returns how to join the cluster. */
  begin(): Promise<() => Promise<Engine>>;
}

const kinds: readonly Kind[] = [
  {
    name: 'in memory',
    isAbsent: false,
    begin: async () => {
      const hub = new MemoryHub();
      return async () => new MemoryEngine(hub);
    },
  },
  {
    name: 'on NATS',
    isAbsent: hasNoNats,
    begin: async () => {
      server ??= await NatsServer.start();
      const { url } = server;
      clusters += 1;
      const cluster = `contract-${clusters}`;
      return async () => natsEngine({ servers: [url], cluster, replicas: 1, frameBytesMax: 1024 * 1024 });
    },
  },
];

/** One for all tests, each with a cluster of its own. */
let server: NatsServer | undefined;
let clusters = 0;
afterAll(async () => server?.stop());

const open: Engine[] = [];
afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close();
});

/** Until it is so: news of an engine come when they come. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise<void>((resolve) => setImmediate(resolve));
}

for (const kind of kinds)
  describe.skipIf(kind.isAbsent)(`an engine ${kind.name}`, () => {
    const joined = async (count = 2): Promise<readonly Engine[]> => {
      const join = await kind.begin();
      const engines = await Promise.all(Array.from({ length: count }, join));
      open.push(...engines);
      return engines;
    };

    test('writes where the revision is as it was said, and nowhere else', async () => {
      const [a, b] = (await joined()) as [Engine, Engine];
      const first = await a.cas('session', 's:1', 'one', 0);
      await expect(b.cas('session', 's:1', 'two', 0)).rejects.toThrow(Conflict);
      const second = await b.cas('session', 's:1', 'two', first);
      expect(second).toBeGreaterThan(first);
      await expect(a.cas('session', 's:1', 'late', first)).rejects.toThrow(Conflict);
      expect(await a.get('session', 's:1')).toEqual({ value: 'two', revision: second });
      expect(await a.get('snapshot', 's:1')).toBeUndefined();
    });

    test('knows its keys, and no others', async () => {
      const [a, b] = (await joined()) as [Engine, Engine];
      expect(await b.keys('session')).toEqual([]);
      const revision = await a.cas('session', 's:1', 'one', 0);
      await a.cas('session', 's:2/ü', 'two', 0);
      await a.cas('snapshot', 's:3', 'three', 0);
      expect([...(await b.keys('session'))].toSorted()).toEqual(['s:1', 's:2/ü']);
      await b.cas('session', 's:1', undefined, revision);
      expect(await a.keys('session')).toEqual(['s:2/ü']);
    });

    test('lets one of many that write at the same time succeed', async () => {
      const engines = await joined(3);
      const attempts = await Promise.allSettled(
        Array.from({ length: 30 }, async (_, index) => engines[index % 3]!.cas('session', 's:1', `${index}`, 0)),
      );
      expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const attempt of attempts)
        if (attempt.status === 'rejected') expect(attempt.reason).toBeInstanceOf(Conflict);
    });

    test('removes what has the revision that was said, and revisions never come again', async () => {
      const [a, b] = (await joined()) as [Engine, Engine];
      const first = await a.cas('session', 's:1', 'one', 0);
      const second = await a.cas('session', 's:1', 'two', first);
      await expect(b.cas('session', 's:1', undefined, first)).rejects.toThrow(Conflict);
      expect(await b.cas('session', 's:1', undefined, second)).toBe(0);
      expect(await a.get('session', 's:1')).toBeUndefined();
      await expect(a.cas('session', 's:1', undefined, second)).rejects.toThrow(Conflict);
      await expect(a.cas('session', 's:1', 'late', second)).rejects.toThrow(Conflict);
      expect(await a.cas('session', 's:1', 'anew', 0)).toBeGreaterThan(second);
    });

    test('takes keys of any characters, and tells them apart', async () => {
      const [a] = (await joined()) as [Engine];
      const keys = ['s:1', 's.1', 's_1', 's=3A1', 'up:tenant one:server/*>', 'ünï', '.', 'a..b', ' '];
      for (const key of keys) await a.cas('session', key, key, 0);
      for (const key of keys) expect((await a.get('session', key))?.value).toBe(key);
    });

    test('tells a watcher what is there and what is written, in order', async () => {
      const [a, b] = (await joined()) as [Engine, Engine];
      const first = await a.cas('lease', 'a-1', 'one', 0);
      const heard: WatchedEntry[] = [];
      await b.watch('lease', (entry) => heard.push(entry));
      await until(() => heard.length === 1);
      let revision = first;
      for (const value of ['two', 'three', 'four']) revision = await a.cas('lease', 'a-1', value, revision);
      await a.cas('session', 'a-1', 'elsewhere', 0);
      await until(() => heard.some(({ value }) => value === 'four'));
      expect(heard[0]).toEqual({ key: 'a-1', value: 'one', revision: first });
      expect(heard.map((entry) => entry.revision)).toEqual(
        heard.map((entry) => entry.revision).toSorted((x, y) => x - y),
      );
      expect(heard.every(({ key }) => key === 'a-1')).toBe(true);
    });

    test('brings mail to the mailbox that the address is in, with where to answer', async () => {
      const [a, b] = (await joined()) as [Engine, Engine];
      const [toA, toB]: [Mail[], Mail[]] = [[], []];
      await a.subscribe('node.a-1', (mail) => toA.push(mail));
      await b.subscribe('node.b-1', (mail) => {
        toB.push(mail);
        b.publish(mail.replyTo!, encodeText('back'));
      });
      expect(a.publish('node.b-1.frames', encodeText('there'), 'node.a-1.answer.7')).toBe(true);
      await until(() => toA.length === 1);
      expect(toB).toHaveLength(1);
      expect([toB[0]!.address, decodeText(toB[0]!.bytes!), toB[0]!.replyTo]).toEqual([
        'node.b-1.frames',
        'there',
        'node.a-1.answer.7',
      ]);
      expect([toA[0]!.address, decodeText(toA[0]!.bytes!)]).toEqual(['node.a-1.answer.7', 'back']);
    });

    test('says that there is no mailbox, to whoever said where', async () => {
      const [a] = (await joined()) as [Engine];
      const heard: Mail[] = [];
      await a.subscribe('node.a-1', (mail) => heard.push(mail));
      a.publish('node.nobody.frames', encodeText('hello'), 'node.a-1.answer.7');
      a.publish('node.nobody.frames', encodeText('hello'));
      await until(() => heard.length > 0);
      expect(heard).toEqual([{ address: 'node.a-1.answer.7', bytes: undefined, replyTo: undefined }]);
    });

    test('that is closed says so and does nothing any more', async () => {
      const [a, b] = (await joined()) as [Engine, Engine];
      const states: string[] = [];
      const heard: Mail[] = [];
      a.onState((state) => states.push(state));
      await a.subscribe('node.a-1', (mail) => heard.push(mail));
      await a.close();
      expect(states).toEqual(['down']);
      expect(a.publish('node.b-1.frames', encodeText('late'))).toBe(false);
      await expect(a.get('session', 's:1')).rejects.toThrow(Unavailable);
      await expect(a.cas('session', 's:1', 'late', 0)).rejects.toThrow(Unavailable);
      const back: Mail[] = [];
      await b.subscribe('node.b-1', (mail) => back.push(mail));
      b.publish('node.a-1.frames', encodeText('hello'), 'node.b-1.answer.1');
      await until(() => back.length === 1);
      expect([back[0]!.bytes, heard]).toEqual([undefined, []]);
    });
  });
