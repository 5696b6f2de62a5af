/** An HTTP client that speaks MCP as bytes, so that it can do what the SDKs' clients do not: use an id twice, or never read. */

import { type ClientRequest, type IncomingMessage, request } from 'node:http';

const accept = 'application/json, text/event-stream';

/** As much of a message as a visit looks at. */
export interface Message {
  readonly id?: unknown;
  readonly result?: { readonly content?: readonly { readonly text?: string }[] };
  readonly error?: { readonly code?: number; readonly data?: { readonly code?: string } };
}

export interface Answer {
  readonly status: number;
  /** The messages of the answer, whichever way they came; what came when nothing more was waited for. */
  readonly messages: readonly Message[];
  readonly ended: 'answered' | 'without an answer' | 'hangs' | 'broken';
}

export class Visitor {
  readonly #port: number;
  #sessionId: string | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  async shakeHands(): Promise<void> {
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'visitor', version: '1' } };
    await this.ask(0, 'initialize', params);
    await this.ask(undefined, 'notifications/initialized', {});
  }

  call(id: number, name: string, args: object = {}, waitMs = 4000): Promise<Answer> {
    return this.ask(id, 'tools/call', { name, arguments: args, _meta: { progressToken: id } }, waitMs);
  }

  /** Posts one message and reads what comes until it is answered, the response ends, or `waitMs` is over. */
  ask(id: number | undefined, method: string, params: object, waitMs = 4000): Promise<Answer> {
    return new Promise((resolve) => {
      let text = '';
      const settle = (status: number, ended: Answer['ended']): void => {
        clearTimeout(timer);
        const messages = messagesIn(text);
        const isAnswered = messages.some((message) => message.id === id && ('result' in message || 'error' in message));
        resolve({ status, messages, ended: isAnswered ? 'answered' : ended });
        post.destroy();
      };
      const timer = setTimeout(() => settle(0, 'hangs'), waitMs);
      const post = this.post(id, method, params, (response) => {
        const status = response.statusCode ?? 0;
        const session = response.headers['mcp-session-id'];
        if (typeof session === 'string') this.#sessionId = session;
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (id !== undefined && messagesIn(text).some((message) => message.id === id)) settle(status, 'answered');
        });
        response.on('end', () => settle(status, 'without an answer'));
        response.on('error', () => settle(status, 'broken'));
      });
      post.on('error', () => settle(0, 'broken'));
    });
  }

  /** Posts one message; its response is in the caller's hands. */
  post(
    id: number | undefined,
    method: string,
    params: object,
    onResponse: (response: IncomingMessage) => void,
  ): ClientRequest {
    const headers = {
      accept,
      'content-type': 'application/json',
      'mcp-protocol-version': '2025-11-25',
      ...(this.#sessionId === undefined ? {} : { 'mcp-session-id': this.#sessionId }),
    };
    const post = request({ host: '127.0.0.1', port: this.#port, path: '/mcp', method: 'POST', headers, agent: false });
    post.on('response', onResponse);
    post.on('error', () => {});
    post.end(JSON.stringify({ jsonrpc: '2.0', ...(id === undefined ? {} : { id }), method, params }));
    return post;
  }
}

/** The messages of a body, as JSON or as an event stream, as far as they are whole. */
function messagesIn(text: string): readonly Message[] {
  const lines = text.startsWith('{')
    ? [text]
    : text.split('\n').flatMap((line) => /^data: ?(.+)$/.exec(line)?.[1] ?? []);
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Message];
    } catch {
      return [];
    }
  });
}
