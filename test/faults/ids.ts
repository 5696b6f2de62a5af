/** Ids that are wrong, taken or immense, and whose message is whose: answers, cancellations, progress, questions. */

import { type Answer, type Client, ask, call, callOf, newId, report, text, textIn, told } from './client.ts';
import { type Fault, type Theme, everywhere } from './fault.ts';
import { HttpClient } from './http-client.ts';
import { httpFronts, isHttpFront } from './ways.ts';

interface Seen {
  readonly notifications: readonly { readonly method: string; readonly params: { readonly requestId?: unknown } }[];
  readonly strayResponses: readonly unknown[];
  /** The ids of calls that are never answered, by their text. */
  readonly unanswered: Readonly<Record<string, unknown>>;
}

const mebibyte = 1024 * 1024;
const invalid = {
  ...everywhere('-32600 INVALID_REQUEST'),
  ...everywhere('HTTP 400, -32600 INVALID_REQUEST', httpFronts),
};
const refusedIds = ['1.5', 'null', '9007199254740993', '{}'];

const faults: readonly Fault[] = [
  {
    name: 'an id that is taken by a request under way',
    verdicts: {
      ...everywhere('1st: result, 2nd: -32600 INVALID_REQUEST'),
      ...everywhere('1st: result, 2nd: result', httpFronts),
    },
    run: async (stage) => {
      const session = await stage.session();
      const id = newId();
      const before = session.heard().length;
      const first = call(session, 'delay', { ms: 200, text: 'first' }, { id });
      if (isHttpFront(stage.way)) {
        const second = call(session, 'delay', { ms: 100, text: 'second' }, { id });
        return `1st: ${resultOf(await first, 'first')}, 2nd: ${resultOf(await second, 'second')}`;
      }
      session.send(callOf(id, 'echo', { text: 'second' }));
      const answers = await session.until(() => {
        const heard = session
          .heard()
          .slice(before)
          .filter((message) => message.id === id);
        return heard.length < 2 ? undefined : heard;
      });
      // The refusal comes at once, so before the answer.
      const [refused, answered] = answers.map((message) => ({ message }));
      return `1st: ${resultOf(answered!, 'first')}, 2nd: ${resultOf(refused!, 'second')}`;
    },
  },
  {
    name: 'ids that MCP forbids: 1.5, null, 2^53 + 1, {}',
    verdicts: invalid,
    run: async (stage) => {
      const session = await stage.session();
      const said: string[] = [];
      for (const id of refusedIds) {
        const read = JSON.parse(id) as number | null | object;
        // The refusal names the number that it is about.
        const named = typeof read === 'number' ? read : null;
        said.push(told(await session.askBytes([`{"jsonrpc":"2.0","id":${id},"method":"ping"}`], named)));
      }
      return [...new Set(said)].join('; ');
    },
  },
  {
    name: 'ids at the edge of what is allowed: 0, "", -1, 2^53 - 1, "0"',
    verdicts: everywhere('result'),
    run: async (stage) => {
      const session = await stage.session();
      const ids = [0, '', -1, Number.MAX_SAFE_INTEGER, '0'];
      const said = await Promise.all(
        ids.map(async (id) => resultOf(await call(session, 'echo', { text: `${id}` }, { id }), `${id}`)),
      );
      return [...new Set(said)].join('; ');
    },
  },
  {
    name: 'an id of 1 MB',
    verdicts: invalid,
    run: async (stage) =>
      told(await ask(await stage.session(), 'ping', undefined, `${newId()} ${'i'.repeat(mebibyte)}`)),
  },
  {
    name: 'the server answers with an id that nobody used',
    verdicts: everywhere('result'),
    run: async (stage) => answeredOnce(await stage.session(), 'unknown id before'),
  },
  {
    name: 'the server answers twice',
    verdicts: everywhere('result'),
    run: async (stage) => answeredOnce(await stage.session(), 'twice'),
  },
  {
    name: 'the client answers what nobody asked',
    verdicts: everywhere('the server does not see it'),
    run: async (stage) => {
      const session = await stage.session();
      session.send({ id: 'whose?', result: {} });
      await ask(session, 'ping');
      const { strayResponses } = await report<Seen>(session, 'seen');
      return strayResponses.length === 0 ? 'the server does not see it' : 'the server sees it';
    },
  },
  {
    name: 'one of two calls is cancelled',
    verdicts: {
      ...everywhere('the server is told which, the other goes on'),
      ...everywhere('the server is told which, its POST ends, the other goes on', httpFronts),
    },
    run: async (stage) => {
      const session = await stage.session();
      const [first, second] = [newId(), newId()];
      const other = call(session, 'delay', { ms: 300, text: 'goes on' }, { id: first });
      const message = callOf(second, 'never', { text: second });
      const exchange = session instanceof HttpClient ? session.post(text(message)) : undefined;
      if (exchange === undefined) session.send(message);
      await seenBy(session, ({ unanswered }) => unanswered[second] !== undefined);
      session.send({ method: 'notifications/cancelled', params: { requestId: second, reason: 'enough' } });
      const { notifications, unanswered } = await seenBy(session, (seen) => cancelledIn(seen).length > 0);
      const [named] = cancelledIn({ notifications });
      const said = [named === unanswered[second] ? 'the server is told which' : `the server is told ${String(named)}`];
      await exchange?.end();
      if (exchange !== undefined) said.push(exchange.heard.length === 0 ? 'its POST ends' : 'its POST is answered');
      if (resultOf(await other, 'goes on') === 'result') said.push('the other goes on');
      return said.join(', ');
    },
  },
  {
    name: 'progress of a call comes before its answer, with the token of the client',
    verdicts: everywhere('3 of 3, then the result'),
    run: async (stage) => progressOf(await stage.session(), 'progress'),
  },
  {
    name: 'progress and the answer come in one piece',
    verdicts: everywhere('3 of 3, then the result'),
    run: async (stage) => progressOf(await stage.session(), 'raw', { mode: 'progress in one chunk' }),
  },
  question('the server asks for the roots in the middle of a call', 'roots/list', { roots: [{ uri: 'file:///here' }] }),
  question('the server asks for sampling in the middle of a call', 'sampling/createMessage', {
    role: 'assistant',
    model: 'none',
    content: { type: 'text', text: 'file:///here' },
  }),
];

export const ids: Theme = { name: 'ids', faults };

/** The words for an answer that should have this text. */
function resultOf(answer: Answer, wanted: string): string {
  const said = textIn(answer);
  return said === wanted ? 'result' : answer.message?.result === undefined ? told(answer) : `the answer of ${said}`;
}

async function answeredOnce(session: Client, mode: string): Promise<string> {
  const before = session.heard().length;
  const answer = await call(session, 'raw', { mode });
  await call(session, 'echo');
  const strays = session.heard().length - before - 2;
  return strays === 0 ? told(answer) : `${told(answer)}, and ${strays} more`;
}

const cancelledIn = ({ notifications }: Pick<Seen, 'notifications'>): readonly unknown[] =>
  notifications.flatMap(({ method, params }) => (method === 'notifications/cancelled' ? [params.requestId] : []));

/** Asks the server until it has seen what is awaited: over HTTP, what is sent first need not arrive first. */
async function seenBy(session: Client, isThere: (seen: Seen) => boolean): Promise<Seen> {
  for (;;) {
    const seen = await report<Seen>(session, 'seen');
    if (isThere(seen)) return seen;
  }
}

async function progressOf(session: Client, tool: string, args: object = {}): Promise<string> {
  const before = session.heard().length;
  const token = newId();
  const answer = await call(session, tool, args, { meta: { progressToken: token } });
  const heard = session.heard().slice(before);
  const came = heard.findIndex((message) => message === answer.message);
  const isOurs = ({ method, params }: (typeof heard)[number]): boolean =>
    method === 'notifications/progress' && params?.['progressToken'] === token;
  const numbers = heard
    .slice(0, came)
    .filter(isOurs)
    .map(({ params }) => params?.['progress']);
  const isInOrder = numbers.every((number, index) => number === index + 1);
  return `${numbers.length} of 3${isInOrder ? '' : ' in disorder'}, then the ${told(answer)}`;
}

function question(name: string, method: string, result: object): Fault {
  return {
    name,
    verdicts: everywhere('the client is asked, the server gets its answer'),
    run: async (stage) => {
      const session = await stage.session();
      const before = session.heard().length;
      const answer = call(session, 'ask', { method, params: {} });
      const asked = await session.until(() =>
        session
          .heard()
          .slice(before)
          .find((message) => message.method === method),
      );
      session.send({ id: asked.id ?? null, result });
      const isAnswered = textIn(await answer).includes('file:///here');
      return `the client is asked, the server gets ${isAnswered ? 'its answer' : textIn(await answer)}`;
    },
  };
}
