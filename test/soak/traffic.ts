/**
 * What is said in a soak: exchanges with the scripted server, each with what has to come of it. An exchange ends when its
 * requests have ended; what was not as it must be is reported and goes on.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversation } from './conversation.ts';
import type { Ending, MessageId } from './ledger.ts';
import type { Chance } from './random.ts';

/** How often each exchange is held, by weight. */
const weights = {
  echo: 30,
  largeEcho: 2,
  largeAnswer: 2,
  delay: 8,
  progress: 6,
  cancelledInTime: 3,
  cancelledAtRandom: 4,
  question: 6,
  numbers: 3,
  brokenLine: 3,
  duplicateId: 4,
  spoiledStream: 4,
  ping: 2,
  list: 2,
  unknownTool: 2,
  unknownMethod: 1,
} as const;

export type ExchangeName = keyof typeof weights;
export const exchangeNames = Object.keys(weights) as readonly ExchangeName[];

type Exchange = (talk: Conversation, chance: Chance) => Promise<void>;

/** Holds one exchange and says which. */
export async function exchange(talk: Conversation, chance: Chance): Promise<ExchangeName> {
  const name = chance.weighted(weights);
  await exchanges[name](talk, chance);
  return name;
}

let tokens = 0;
/** A text that nobody else sends: an answer that carries it can only be its own. */
const newToken = (): string => `token-${process.pid}-${++tokens}`;

/** A call of one of the server's tools; complains unless it ends well or has an excuse. */
async function call(
  talk: Conversation,
  tool: string,
  args: object,
  isRight: (text: string) => boolean,
  { id = talk.newId(), meta, isOrdered = false }: { id?: MessageId; meta?: object; isOrdered?: boolean } = {},
): Promise<Ending> {
  const askedAt = performance.now();
  const params = { name: tool, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) };
  const ending = await talk.askAs(id, 'tools/call', params, { isOrdered });
  judge(talk, `${tool} under ${JSON.stringify(id)}`, askedAt, ending, isRight);
  return ending;
}

function judge(
  talk: Conversation,
  what: string,
  askedAt: number,
  ending: Ending,
  isRight: (text: string) => boolean,
): void {
  if (ending.kind === 'result') {
    const text = textOf(ending.result);
    if (!isRight(text)) talk.options.violation('every answer is the right one', `${what}: ${text.slice(0, 200)}`);
  } else if (ending.kind === 'error' && !talk.excuses(ending.code, askedAt)) {
    talk.options.violation(
      'no request fails without a reason',
      `${what}: ${ending.code} ${JSON.stringify(ending.data)}`,
    );
  }
}

function textOf(result: Readonly<Record<string, unknown>>): string {
  const content = result['content'] as readonly { readonly text: string }[] | undefined;
  return content?.[0]?.text ?? '';
}

/** The same for a message of which it is known that it is over the proxy's limit: it is refused for that and nothing else. */
async function tooLarge(talk: Conversation, tool: string, args: object): Promise<void> {
  const askedAt = performance.now();
  const ending = await talk.ask('tools/call', { name: tool, arguments: args });
  if (ending.kind === 'abandoned' || (ending.kind === 'error' && ending.code === 4130)) return;
  if (ending.kind === 'error' && talk.excuses(ending.code, askedAt)) return;
  talk.options.violation('what is too large is refused', `${tool}: ${JSON.stringify(ending).slice(0, 200)}`);
}

const exchanges: Readonly<Record<ExchangeName, Exchange>> = {
  async echo(talk, chance) {
    const text = newToken() + 'e'.repeat(chance.between(0, 200));
    await call(talk, 'echo', { text }, (answer) => answer === text, { isOrdered: true });
  },

  async largeEcho(talk, chance) {
    const text = newToken() + 'é'.repeat(chance.between(50_000, 200_000));
    const isOver = text.length * 2 > (talk.options.frameBytesMax ?? Infinity);
    if (isOver) await tooLarge(talk, 'echo', { text });
    else await call(talk, 'echo', { text }, (answer) => answer === text, { isOrdered: true });
  },

  async largeAnswer(talk, chance) {
    const bytes = chance.between(100_000, 1_500_000);
    if (bytes > (talk.options.frameBytesMax ?? Infinity)) await tooLarge(talk, 'big', { bytes });
    else await call(talk, 'big', { bytes }, (answer) => answer === 'x'.repeat(bytes));
  },

  async delay(talk, chance) {
    const text = newToken();
    await call(talk, 'delay', { ms: chance.between(1, 60), text }, (answer) => answer === text);
  },

  async progress(talk, chance) {
    const count = chance.between(1, 6);
    const progressToken = chance.happens(0.5) ? newToken() : ++tokens;
    talk.progress.expect(progressToken);
    const args = { count, gapMs: chance.between(0, 5) };
    const isRight = (answer: string): boolean => answer === JSON.stringify(progressToken);
    const ending = await call(talk, 'progress', args, isRight, { meta: { progressToken } });
    const steps = talk.progress.end(progressToken);
    if (ending.kind === 'result' && steps !== count) {
      talk.options.violation('progress is complete before the answer', `${steps} of ${count} steps`);
    }
  },

  async cancelledInTime(talk, chance) {
    const id = talk.newId();
    const ending = talk.askAs(id, 'tools/call', { name: 'never', arguments: {} });
    await cancelAfter(talk, id, chance.between(0, 30), ending);
  },

  async cancelledAtRandom(talk, chance) {
    const id = talk.newId();
    const ending = talk.askAs(id, 'tools/call', { name: 'delay', arguments: { ms: chance.between(0, 30) } });
    await cancelAfter(talk, id, chance.between(0, 30), ending);
  },

  async question(talk) {
    const token = newToken();
    const args = { method: 'sampling/createMessage', params: { token } };
    // The server may be refused its question: for want of room, or because the client leaves and answers nothing more.
    const isRefused = (answer: string): boolean =>
      talk.isEnding || (talk.options.isTight === true && answer.includes('TOO_MANY_REQUESTS'));
    const isRight = (answer: string): boolean => isRefused(answer) || answer === JSON.stringify({ heard: { token } });
    await call(talk, 'ask', args, isRight);
  },

  async numbers(talk, chance) {
    // The numbers do not say whose they are: one exchange at a time.
    if (talk.onNumber !== undefined) return;
    const count = chance.between(1, 40);
    let next = 0;
    talk.onNumber = (data) => {
      if (data !== next)
        talk.options.violation('notifications keep their order', `${String(data)} in place of ${next}`);
      next = Number(data) + 1;
    };
    const ending = await call(talk, 'notify', { count }, (answer) => answer === 'done');
    talk.onNumber = undefined;
    if (ending.kind === 'result' && next !== count) {
      talk.options.violation('notifications come before the answer that follows them', `${next} of ${count}`);
    }
  },

  async brokenLine(talk, chance) {
    talk.ledger.expectNameless();
    talk.write(`${chance.pick(brokenLines)}\n`);
    // The line is answered before what follows it.
    await exchanges.ping(talk, chance);
  },

  async duplicateId(talk) {
    // Where the first may be refused for want of room, its id is free for the second.
    if (talk.options.isTight === true) return;
    const id = talk.newId();
    const token = newToken();
    const askedAt = performance.now();
    const isRefusal = (code: number | undefined): boolean => code === -32600;
    const first = talk.ledger.ask(id, askedAt, { takes: ({ error }) => !isRefusal(error?.code) });
    const second = talk.ledger.ask(id, askedAt, { takes: ({ error }) => isRefusal(error?.code) });
    const request = { id, method: 'tools/call', params: { name: 'delay', arguments: { ms: 30, text: token } } };
    const other = { id, method: 'tools/call', params: { name: 'echo', arguments: { text: 'stolen' } } };
    talk.send(request, other);
    const ending = await first;
    judge(talk, `delay under the id ${JSON.stringify(id)}, used twice`, askedAt, ending, (answer) => answer === token);
    await second;
  },

  async spoiledStream(talk, chance) {
    const mode = chance.pick(spoiledModes);
    await call(talk, 'raw', { mode, bytes: 100_000 }, (answer) => answer.endsWith(`after ${mode}`));
  },

  async ping(talk) {
    const askedAt = performance.now();
    judge(talk, 'ping', askedAt, await talk.ask('ping'), () => true);
  },

  async list(talk) {
    const askedAt = performance.now();
    const ending = await talk.ask('tools/list');
    judge(talk, 'tools/list', askedAt, ending, () => true);
    if (ending.kind === 'result' && !JSON.stringify(ending.result['tools']).includes('"echo"')) {
      talk.options.violation(
        'every answer is the right one',
        `tools/list: ${JSON.stringify(ending.result).slice(0, 200)}`,
      );
    }
  },

  async unknownTool(talk) {
    await fails(talk, -32602, 'tools/call', { name: newToken() });
  },

  async unknownMethod(talk) {
    await fails(talk, -32601, `soak/${newToken()}`);
  },
};

async function cancelAfter(talk: Conversation, id: MessageId, delayMs: number, ending: Promise<Ending>): Promise<void> {
  const askedAt = performance.now();
  await Promise.race([sleep(delayMs), ending]);
  talk.cancel(id);
  judge(talk, `a call that is cancelled, under ${JSON.stringify(id)}`, askedAt, await ending, () => true);
}

/** A request that the server itself answers with an error. */
async function fails(talk: Conversation, code: number, method: string, params?: object): Promise<void> {
  const askedAt = performance.now();
  const ending = await talk.ask(method, params);
  if (ending.kind === 'error' && ending.code === code) return;
  if (ending.kind === 'abandoned' || (ending.kind === 'error' && talk.excuses(ending.code, askedAt))) return;
  talk.options.violation("a server's own error passes", `${method}: ${JSON.stringify(ending).slice(0, 200)}`);
}

const brokenLines = [
  'no json at all',
  '{"jsonrpc":"2.0","id":',
  '[1,2',
  '42',
  'null',
  '[]',
  '{"hello":1}',
  '{"jsonrpc":"2.0","id":true,"method":"ping"}',
  '{"jsonrpc":"2.0","id":null,"method":"ping"}',
] as const;

/** Without those that write an answer in parts: what others are told meanwhile would fall in between. */
const spoiledModes = [
  'text before',
  'json that is no message',
  'huge garbage before',
  'carriage return',
  'blank lines',
  'twice',
  'unknown id before',
  'broken utf-8 before',
] as const;
