/** The SDK lane: the client of the TypeScript SDK (version 1) with a real server, connecting and leaving again and again. */

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { CreateMessageRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { everythingServer, forwarding } from './commands.ts';
import type { Violation } from './ledger.ts';
import type { Chance } from './random.ts';
import type { Run } from './run.ts';
import { commandOf, markName, survivors } from './survivors.ts';
import { within } from './within.ts';

const lane = 'sdk';
const workers = 3;
const lifeMs = [3000, 6000] as const;
const lastLifeMs = 12_000;
const patienceMs = 60_000;
const survivorsMs = 20_000;

type Call = (client: Client, chance: Chance, violation: Violation) => Promise<void>;

const calls: Readonly<Record<string, Call>> = {
  async echo(client, chance, violation) {
    const message = `token-${chance.next()}`;
    expectText(await client.callTool({ name: 'echo', arguments: { message } }), `Echo: ${message}`, violation);
  },

  async sum(client, chance, violation) {
    const [a, b] = [chance.between(0, 1000), chance.between(0, 1000)];
    const answer = await client.callTool({ name: 'get-sum', arguments: { a, b } });
    expectText(answer, `The sum of ${a} and ${b} is ${a + b}.`, violation);
  },

  async progress(client, chance, violation) {
    const steps = chance.between(1, 5);
    const seen: number[] = [];
    const operation = { name: 'trigger-long-running-operation', arguments: { duration: 0.2, steps } };
    await client.callTool(operation, undefined, { onprogress: ({ progress }) => seen.push(progress) });
    // The SDK itself loses steps that arrive together with the answer; those that it tells are in order.
    const isInOrder = seen.every((step, index) => step === index + 1);
    if (!isInOrder) violation('progress comes in order', seen.join(' '));
  },

  async cancelled(client, chance, violation) {
    const abort = new AbortController();
    const operation = { name: 'trigger-long-running-operation', arguments: { duration: 5, steps: 50 } };
    const ending = client.callTool(operation, undefined, { signal: abort.signal }).then(
      () => 'answered',
      () => 'cancelled',
    );
    setTimeout(() => abort.abort('a soak changes its mind'), chance.between(0, 200));
    if ((await ending) !== 'cancelled')
      violation('what is cancelled is not answered', 'a long operation ended at once');
  },

  async question(client, chance, violation) {
    const prompt = `token-${chance.next()}`;
    const answer = await client.callTool({ name: 'trigger-sampling-request', arguments: { prompt, maxTokens: 9 } });
    if (!JSON.stringify(answer).includes(prompt)) {
      violation('every answer is the right one', `sampling: ${JSON.stringify(answer).slice(0, 200)}`);
    }
  },

  async list(client, _chance, violation) {
    const { tools } = await client.listTools();
    if (!tools.some(({ name }) => name === 'echo'))
      violation('every answer is the right one', 'no echo among the tools');
  },

  async ping(client) {
    await client.ping();
  },
};

export async function sdkLane(run: Run): Promise<void> {
  const chance = run.chance(lane);
  for (let number = 1; run.leftMs > lastLifeMs; number += 1) {
    await live(run, number, chance.between(...lifeMs));
    run.count(lane, 'connections');
  }
}

async function live(run: Run, number: number, forMs: number): Promise<void> {
  const mark = run.mark(`${lane} ${number}`);
  const violation: Violation = (law, details) => run.violationIn(lane)(law, `connection ${number}: ${details}`);
  const client = newClient();
  try {
    if ((await within(converse(run, client, mark, number, forMs, violation), patienceMs + forMs)) === 'too late') {
      violation('every request is answered', `the client waits after ${patienceMs} ms`);
    }
  } catch (error) {
    violation('no request fails without a reason', String(error));
  }
  await client.close();
  for (const pid of await survivors(mark, survivorsMs)) violation('nothing is left behind', commandOf(pid));
}

function newClient(): Client {
  const client = new Client({ name: 'soak', version: '1.0.0' }, { capabilities: { sampling: {}, roots: {} } });
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => ({
    model: 'none',
    role: 'assistant',
    content: { type: 'text', text: `heard ${JSON.stringify(params.messages)}` },
  }));
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [] }));
  return client;
}

async function converse(
  run: Run,
  client: Client,
  mark: string,
  number: number,
  forMs: number,
  violation: Violation,
): Promise<void> {
  const [command = '', ...args] = forwarding(everythingServer);
  const env = { ...(process.env as Record<string, string>), [markName]: mark };
  await client.connect(new StdioClientTransport({ command, args, env, stderr: 'ignore' }));
  const until = performance.now() + forMs;
  const work = async (chance: Chance): Promise<void> => {
    while (performance.now() < until && !run.isOver) {
      const name = chance.pick(Object.keys(calls));
      await calls[name]!(client, chance, violation);
      run.count(lane, name);
    }
  };
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => work(run.chance(`${lane} ${number} ${worker}`))),
  );
}

function expectText(answer: unknown, text: string, violation: Violation): void {
  const { content } = answer as { readonly content?: readonly { readonly text?: string }[] };
  if (content?.[0]?.text !== text) {
    violation('every answer is the right one', `${JSON.stringify(answer).slice(0, 200)} in place of ${text}`);
  }
}
