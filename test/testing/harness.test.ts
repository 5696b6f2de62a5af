import nodeTest from 'node:test';
import { McpServer } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LawBroken, type SessionHarness, defineRule, sessionHarness } from '../../src/testing/harness.ts';
import { laws } from '../../src/testing/laws/laws.ts';
import { law } from '../../src/testing/laws/verdict.ts';
import { CarefulProxy, pendingMax } from './mutants/careful-proxy.ts';
import { mutants } from './mutants/mutants.ts';

const careful = {
  proxy: (world: ConstructorParameters<typeof CarefulProxy>[0]) => new CarefulProxy(world),
  isSynchronous: true,
  pendingMax,
  runs: 100,
  seed: 1,
};
const flawed = (name: string) => {
  const Session = mutants.find((mutant) => mutant.name === name)?.Session;
  const proxy = (world: ConstructorParameters<typeof CarefulProxy>[0]) => new CarefulProxy(world, Session);
  return { ...careful, proxy, name: 'the proxy' };
};

/** What a runner is handed, run at once. */
async function declared(
  declare: (harness: SessionHarness, it: (name: string, run: () => Promise<void>) => void) => void,
  harness: SessionHarness,
): Promise<unknown> {
  let run = async (): Promise<void> => undefined;
  declare(harness, (_name, body) => (run = body));
  return run().catch((error: unknown) => error);
}

describe('a harness', () => {
  describe('declares tests with the runner that is here', () => {
    const harness = sessionHarness(careful);
    harness.test(test);
    harness.cover(test, { except: ['rules'] });
  });

  test('declares tests with other runners: node:test has the same shape', () => {
    const harness = sessionHarness(careful);
    const declare: Parameters<typeof harness.test>[0] = nodeTest;
    expect(declare).toBe(nodeTest);
  });

  test('fails a test with the shortest conversation, drawn, and the name under which it comes again', async () => {
    const harness = sessionHarness(flawed('lost cancellation'));
    const error = await declared((one, it) => one.test(it), harness);
    expect(error).toBeInstanceOf(LawBroken);
    const { message, broken } = error as LawBroken;
    expect(broken.play.map((step) => step.do)).toEqual(['connect', 'initialize', 'request', 'cancel']);
    expect(message).toMatch(/^cancel-passed-on: .* was cancelled, and its server was not told\n/);
    expect(message).toContain('✗');
    expect(message).toMatch(/In 4 steps; again with replay\('1:\d+'\)$/);
    expect(harness.history()).toEqual(broken.history);
  });

  test('plays again what has a name, and finds the same', async () => {
    const found = await sessionHarness(flawed('lost progress')).check();
    const again = await sessionHarness({ ...flawed('lost progress'), seed: 99 }).replay(found!.replay);
    expect(again).toEqual(found);
    await expect(sessionHarness(careful).replay('12')).rejects.toThrow("not 'seed:path'");
  });

  test('judges by laws of the author too, and by these alone where it is told to', async () => {
    const neverAsked = law(
      { id: 'never-asked', text: 'Nobody asks for tools.', source: 'us', of: ['proxy'] },
      ({ theirs }, verdict) => {
        for (const { method, event } of theirs) {
          verdict.tried();
          if (method.startsWith('tools/')) verdict.broken('Somebody asked for tools', event.seq);
        }
      },
    );
    const found = await sessionHarness({ ...careful, laws: [...laws, neverAsked] }).check();
    expect(found?.violations.map((violation) => violation.law)).toEqual(['never-asked']);
    const alone = sessionHarness({ ...flawed('lost cancellation'), laws: [neverAsked], runs: 1 });
    expect(Object.keys(alone.coverage().laws)).toEqual(['never-asked']);
  });

  test('follows rules of the author with values of theirs, where they may be followed', async () => {
    const given: number[] = [];
    const twice = defineRule<number>({
      value: fc.integer({ min: 1, max: 3 }),
      when: (model) => model.peers('client').some(({ ours }) => ours.length > 0),
      run: (_world, value) => {
        given.push(value);
        return value === 3 ? 'three is too many' : undefined;
      },
    });
    const harness = sessionHarness({ ...careful, rules: { twice } });
    const found = await harness.check();
    expect(found?.violations.at(0)).toMatchObject({ law: 'rules', text: 'twice: three is too many' });
    expect(found?.play.at(-1)).toEqual({ do: 'rule', name: 'twice', value: 3 });
    expect(given).toContain(3);
    expect(harness.coverage().rules['twice']).toBeGreaterThan(0);
  });

  test('does not call kept what it never put to the test', async () => {
    const never = defineRule({ value: fc.constant(0), when: () => false, run: () => undefined });
    const harness = sessionHarness({ ...careful, rules: { never }, plays: { weights: { cancel: 0, disconnect: 0 } } });
    const error = await declared((one, it) => one.cover(it, { visits: ['a corner'] }), harness);
    expect(String(error)).toContain('Never put to the test: cancel-passed-on');
    expect(String(error)).toContain('rule never, a corner');
    expect(harness.coverage()).toMatchObject({ plays: 100, laws: { 'cancel-passed-on': 0 }, rules: { never: 0 } });
    expect(harness.coverage().steps['cancel']).toBeUndefined();
  });

  test('tells what the code under test throws', async () => {
    const proxy = () => {
      throw new TypeError('not today');
    };
    await expect(sessionHarness({ proxy, runs: 5 }).check()).rejects.toThrow('not today');
  });

  test('tries servers, of which it is the client, and clients, of which it is the server', async () => {
    const server = sessionHarness({
      name: 'a server that forgets every third request',
      server: () => {
        let requests = 0;
        return {
          accept: (link) => {
            link.onmessage = ({ id, method }) => {
              const isForgotten = method !== 'initialize' && ++requests % 3 === 0;
              if (id !== undefined && !isForgotten) void link.send({ jsonrpc: '2.0', id, result: {} });
            };
          },
        };
      },
      isSynchronous: true,
      seed: 1,
    });
    expect((await server.check())?.violations[0]).toMatchObject({ law: 'one-outcome' });
    const client = sessionHarness({
      name: 'a client that answers no question',
      client: ({ openServer }) => {
        const link = openServer();
        link.onmessage = ({ result }) => {
          if (result !== undefined)
            void link.send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'echo' } });
        };
        void link.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
        return {};
      },
      isSynchronous: true,
      seed: 1,
    });
    const broken = await client.check();
    expect(broken?.violations[0]).toMatchObject({ law: 'one-outcome' });
    expect(broken?.play.map((step) => step.do)).toContain('ask');
  });

  test('tries what is made with the SDK: its links are transports', async () => {
    const harness = sessionHarness({
      name: 'a server of the SDK',
      server: () => ({
        accept: async (link) => {
          const server = new McpServer({ name: 'sdk', version: '1.0.0' });
          server.registerTool('echo', {}, () => ({ content: [] }));
          await server.connect(link);
        },
      }),
      runs: 30,
      seed: 1,
      plays: {
        requests: fc.constantFrom({ method: 'tools/list' }, { method: 'tools/call', params: { name: 'echo' } }),
      },
    });
    expect((await harness.check())?.violations).toBeUndefined();
    expect(harness.coverage().laws['one-outcome']).toBeGreaterThan(100);
  });
});
