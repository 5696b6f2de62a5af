/** Bytes that are no message, and messages that come in pieces, from either side. */

import { call, callOf, newId, text, textIn, told } from './client.ts';
import { type Fault, type Theme, everywhere } from './fault.ts';
import { httpFronts, isStdioFront, stdioFronts, ways } from './ways.ts';
import { WebSocketClient } from './websocket-client.ts';

const parseError = { ...everywhere('-32700 PARSE_ERROR'), ...everywhere('HTTP 400, -32700 PARSE_ERROR', httpFronts) };

/** The server spoils the stream, and answers. Nothing but the answer reaches the client. */
function spoilt(name: string, mode: string, verdicts = everywhere('result'), args: object = {}): Fault {
  return {
    name,
    verdicts,
    run: async (stage) => {
      const session = await stage.session();
      const before = session.heard().length;
      const answer = await call(session, 'raw', { mode, ...args });
      await call(session, 'echo');
      const strays = session.heard().length - before - 2;
      const said = textIn(answer).endsWith(`after ${mode}`) ? 'result' : told(answer);
      return strays === 0 ? said : `${said}, and ${strays} messages that nobody asked for`;
    },
  };
}

const smile = Buffer.from('\u{1F600}');

const faults: readonly Fault[] = [
  spoilt('the server writes text between its messages', 'text before'),
  spoilt('the server writes JSON that is no message', 'json that is no message'),
  spoilt('the server writes blank lines', 'blank lines'),
  spoilt('the server ends its lines with CR LF', 'carriage return'),
  spoilt('the server writes a message in two parts', 'in two parts'),
  spoilt('the server writes half a character', 'split inside a character'),
  spoilt('the server writes broken UTF-8, then an answer', 'broken utf-8 before'),
  spoilt('the server answers in broken UTF-8', 'broken utf-8 inside', {
    ...parseError,
    // Nothing was wrong with the request.
    ...everywhere('HTTP 502, -32700 PARSE_ERROR', httpFronts),
  }),
  {
    ...spoilt('the server writes 10 MB of garbage in one line', 'huge garbage before'),
    long: ['http to stdio', 'ws to stdio', 'stdio to http'],
  },
  {
    name: 'the server answers with JSON over several lines',
    verdicts: everywhere('result, in one line', ['http to http', 'stdio to http']),
    run: async (stage) => {
      const session = await stage.session();
      const body = JSON.stringify(
        { jsonrpc: '2.0', id: '$id', result: { content: [{ type: 'text', text: 'right' }] } },
        null,
        2,
      );
      const answer = await call(session, 'respond', { body: body.replace('"$id"', '$id') });
      const said = textIn(answer) === 'right' ? 'result' : told(answer);
      return stage.proxy.out.every(isJson) ? `${said}, in one line` : said;
    },
  },
  {
    name: 'the client sends what is no JSON',
    verdicts: parseError,
    run: async (stage) => told(await (await stage.session()).askBytes(['{"jsonrpc":"2.0",'], null)),
  },
  {
    name: 'the client sends an empty message; on its pipe, blank lines and CR LF',
    verdicts: { ...parseError, ...everywhere('result', stdioFronts) },
    run: async (stage) => {
      const session = await stage.session();
      if (!isStdioFront(stage.way)) return told(await session.askBytes([''], null));
      const id = newId();
      return told(await session.askBytes([`\n \r\n${text({ id, method: 'ping' })}\r`], id));
    },
  },
  {
    name: 'the client sends broken UTF-8',
    // A text that is none ends the connection: RFC 6455, section 8.1.
    verdicts: { ...parseError, 'ws to stdio': 'the connection ends (1007)' },
    run: async (stage) => {
      const id = newId();
      const bytes = Buffer.from(text(callOf(id, 'echo', { text: '\u00ff\u00fe' })), 'latin1');
      const client = isStdioFront(stage.way) ? await stage.session() : await stage.another();
      const answer = await client.askBytes([bytes], id);
      return client instanceof WebSocketClient ? `the connection ends (${client.end})` : told(answer);
    },
  },
  {
    name: 'the client sends half a character, then the rest',
    verdicts: everywhere('result'),
    run: async (stage) => {
      const id = newId();
      const bytes = Buffer.from(text(callOf(id, 'echo', { text: '\u{1F600}' })));
      const middle = bytes.indexOf(smile) + 2;
      const answer = await (await stage.session()).askBytes([bytes.subarray(0, middle), bytes.subarray(middle)], id);
      return textIn(answer) === '\u{1F600}' ? 'result' : told(answer);
    },
  },
  {
    name: 'the client sends JSON over several lines',
    verdicts: everywhere(
      'result',
      ways.filter((way) => !isStdioFront(way)),
    ),
    run: async (stage) => {
      const id = newId();
      const pretty = JSON.stringify({ jsonrpc: '2.0', ...callOf(id, 'echo', { text: 'right' }) }, null, 2);
      const session = await stage.session();
      const answer = await session.askBytes([pretty], id);
      return textIn(answer) === 'right' ? 'result' : told(answer);
    },
  },
];

export const framing: Theme = { name: 'framing', faults };

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
