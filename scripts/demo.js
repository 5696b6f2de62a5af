/**
 * The main job, once: a real SDK client drives a real server through `ninelives forward stdio`, and the proxy's own trace
 * tells the life of the session. Prints it for people; ends with 1 when anything differs from what must be.
 *
 *   npm run demo            (builds first)
 */
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

const proxy = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));
const server = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));

const paint = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const colour = (code, text) => (paint ? `\u001b[${code}m${text}\u001b[0m` : text);
const bold = (text) => colour(1, text);
const dim = (text) => colour(90, text);
const say = (text = '') => process.stdout.write(`${text}\n`);
const step = (text) => process.stderr.write(`${dim(`  ${text} ...`)}\n`);

/** What the proxy's trace says: decisions in order, and at the end the whole session. */
const trace = { decisions: [], life: undefined, noise: [] };
const problems = [];
const expect = (what, actual, expected) => {
  if (!isDeepStrictEqual(actual, expected)) {
    problems.push(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }
};

function readTrace(stderr) {
  const lines = createInterface({ input: stderr });
  lines.on('line', (line) => {
    if (!line.startsWith('{')) return void trace.noise.push(line);
    const entry = JSON.parse(line);
    if (entry.message === 'decided') trace.decisions.push(entry);
    if (entry.message === 'session life') trace.life = entry.life;
  });
  return new Promise((resolve) => lines.once('close', resolve));
}

async function drive(client) {
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
  expect('get-sum answers', sum.content[0].text, 'The sum of 4 and 5 is 9.');

  step('a call with progress');
  const progress = [];
  await client.callTool({ name: 'trigger-long-running-operation', arguments: { duration: 0.6, steps: 3 } }, undefined, {
    onprogress: (update) => progress.push(update.progress),
  });
  // A known defect of the SDK client loses progress that arrives in one chunk with the answer; what was seen is in order.
  expect('progress is in order', progress, [1, 2, 3].slice(0, progress.length));
  expect('progress was seen', progress.length >= 2, true);

  step('a call that is cancelled');
  const abort = new AbortController();
  const cancelled = client
    .callTool({ name: 'trigger-long-running-operation', arguments: { duration: 5, steps: 50 } }, undefined, {
      onprogress: () => abort.abort('the demo changed its mind'),
      signal: abort.signal,
    })
    .then(
      () => 'answered',
      () => 'cancelled',
    );
  expect('the cancelled call', await cancelled, 'cancelled');

  step('a call that makes the server ask the client');
  const asked = await client.callTool({
    name: 'trigger-sampling-request',
    arguments: { prompt: 'a cat?', maxTokens: 9 },
  });
  expect('the sampled answer came back', JSON.stringify(asked.content).includes('It has nine.'), true);

  step('ping');
  await client.ping();
}

const client = new Client(
  { name: 'ninelives-demo', version: '1' },
  { capabilities: { sampling: {}, elicitation: {}, roots: {} } },
);
client.setRequestHandler(CreateMessageRequestSchema, () => ({
  model: 'demo',
  role: 'assistant',
  content: { type: 'text', text: 'It has nine.' },
}));
client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'decline' }));
client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [] }));

const transport = new StdioClientTransport({
  command: process.execPath,
  args: [proxy, 'forward', 'stdio', '--log-level', 'trace', '--check-invariants', '--', process.execPath, server],
  stderr: 'pipe',
});
const traceEnded = readTrace(transport.stderr);
step('initialize');
await client.connect(transport);
await drive(client);
step('close');
await client.close();
await traceEnded;

report();

function report() {
  const { life } = trace;
  if (life === undefined) {
    say(`The proxy told no session life. Its last words:\n${trace.noise.slice(-10).join('\n')}`);
    process.exit(1);
  }
  const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
  say();
  say(bold(`The life of session ${life.id}`));
  say(`${life.clientName} -> ninelives -> ${life.serverName}, MCP ${life.protocolVersion}, ${seconds(life.ageMs)}`);
  say();
  say(bold('States'));
  const visited = ['initializing', ...life.transitions.map(({ to }) => to)];
  for (const state of visited) {
    const isEnd = state === 'closed' || state === 'failed';
    say(`  ${state.padEnd(18)} ${isEnd ? `${life.status} (${life.endReason})` : seconds(life.dwellMs[state])}`);
  }
  say();
  say(bold('Exchanges'));
  const exchanges = exchangesOf(trace.decisions);
  for (const { arrow, id, method, outcome, elapsedMs, progress } of exchanges) {
    const notes = progress > 0 ? dim(`  ${progress} progress`) : '';
    const mark = outcome === 'result' ? colour(32, outcome) : colour(33, outcome ?? 'none');
    say(
      `  ${arrow} ${String(id).padStart(2)}  ${method.padEnd(24)}  ${mark}  ${Math.round(elapsedMs ?? 0)} ms${notes}`,
    );
  }
  say();
  say(`${bold('Tags')}      ${life.tags.length === 0 ? 'none' : life.tags.join(', ')}`);
  say(`${bold('Counters')}`);
  const counted = Object.entries(life.counts).filter(([, count]) => count > 0);
  for (const [name, count] of counted) say(`  ${name.padEnd(26)} ${count}`);

  const outcomes = exchanges.map(({ outcome }) => outcome);
  expect('every exchange has an outcome', outcomes.includes(undefined), false);
  expect('one exchange was cancelled', outcomes.filter((outcome) => outcome === 'cancelled').length, 1);
  expect('all others have results', outcomes.filter((outcome) => outcome !== 'result').length, 1);
  expect(
    'the server asked the client once for a sample',
    exchanges.filter(({ method }) => method === 'sampling/createMessage').length,
    1,
  );
  expect('states', visited, ['initializing', 'active.serving', 'closed']);
  expect('status', life.status, 'completed');
  expect('nothing waits', life.pending, []);
  expect('no malformed frame', life.counts.malformedFromClient + life.counts.malformedFromServer, 0);
  say();
  if (problems.length === 0) say(colour(32, 'As it must be.'));
  else {
    say(colour(31, 'Not as it must be:'));
    for (const problem of problems) say(`  ${problem}`);
  }
  process.exit(problems.length === 0 ? 0 : 1);
}

/** Requests and their outcomes, put together from the trace: what a person would otherwise read line by line. */
function exchangesOf(decisions) {
  const exchanges = [];
  const open = new Map();
  for (const { event, direction, id, method, settled } of decisions) {
    if (event === 'frame.request') {
      const isFromClient = direction === 'client-to-server';
      const exchange = { arrow: isFromClient ? '->' : '<-', id, method, progress: 0 };
      exchanges.push(exchange);
      open.set(`${direction} ${JSON.stringify(id)}`, exchange);
    }
    if (method === 'notifications/progress') {
      const running = exchanges.findLast((exchange) => exchange.outcome === undefined && exchange.arrow === '->');
      if (running !== undefined) running.progress += 1;
    }
    for (const { id: settledId, direction: towards, outcome, elapsedMs } of settled ?? []) {
      const exchange = open.get(`${towards} ${JSON.stringify(settledId)}`);
      if (exchange !== undefined) Object.assign(exchange, { outcome, elapsedMs });
    }
  }
  return exchanges;
}
