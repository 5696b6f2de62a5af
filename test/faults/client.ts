/** A client as the faults see it, whatever it speaks: one session, what it asks and what came of that, in a few words. */

import type { Message } from '../e2e/program.ts';

export type RequestId = string | number;

/** What came of one request: an answer, or how its client learnt that none comes. */
export interface Answer {
  /** Of the HTTP response. */
  readonly status?: number;
  readonly message?: Message;
  /** The connection or the response ended without an answer. */
  readonly isOver?: true;
}

export interface Client {
  /** All messages that reached it, over whatever stream, oldest first. */
  heard(): readonly Message[];
  /** What `find` gives for the first time; fails when nothing can come any more. */
  until<T>(find: () => T | undefined, what?: string): Promise<T>;
  /** Sends a message in one piece. Over HTTP it is a POST of its own, whose response is `Answer` when it has one. */
  send(message: object): void;
  /** Sends these bytes as one message, one part after the other, and waits for the answer with this id. */
  askBytes(parts: readonly (string | Uint8Array)[], id: RequestId | null): Promise<Answer>;
  /** Ends the session as a client does that has finished. */
  leave(): Promise<void>;
  /** The client is gone without a word. */
  vanish(): void;
}

export const clientCapabilities = { roots: {}, sampling: {}, elicitation: {} };

export const handshake = (id: RequestId): object => ({
  id,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: clientCapabilities,
    clientInfo: { name: 'faults', version: '1.0.0' },
  },
});

let ids = 0;

/** An id that nobody has used. */
export const newId = (): string => `id ${(ids += 1)}`;

export const text = (message: object): string => JSON.stringify({ jsonrpc: '2.0', ...message });

export const callOf = (id: RequestId, name: string, args: object = {}, meta?: object): object => ({
  id,
  method: 'tools/call',
  params: { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) },
});

export async function ask(client: Client, method: string, params?: object, id: RequestId = newId()): Promise<Answer> {
  return client.askBytes([text({ id, method, ...(params === undefined ? {} : { params }) })], id);
}

/** Calls a tool of the scripted server. */
export async function call(
  client: Client,
  name: string,
  args: object = {},
  { id = newId(), meta }: { readonly id?: RequestId; readonly meta?: object } = {},
): Promise<Answer> {
  return client.askBytes([text(callOf(id, name, args, meta))], id);
}

/** The text of a tool's answer; the words for it when it is none. */
export function textIn(answer: Answer): string {
  const content = answer.message?.result?.['content'] as readonly { readonly text: string }[] | undefined;
  return content?.[0]?.text ?? told(answer);
}

/** The JSON in the text of a tool's answer. */
export async function report<T>(client: Client, tool: 'seen' | 'info', args: object = {}): Promise<T> {
  return JSON.parse(textIn(await call(client, tool, args))) as T;
}

/** `result`, or the error that the client was told and the status that it came with. */
export function told({ status = 200, message, isOver }: Answer): string {
  const said = message === undefined ? (isOver === true ? 'an end without answer' : 'nothing') : wordsOf(message);
  return status === 200 ? said : `HTTP ${status}, ${said}`;
}

function wordsOf({ error }: Message): string {
  if (error === undefined) return 'result';
  const code = error.data?.['code'];
  return typeof code === 'string' ? `${error.code} ${code}` : `${error.code}`;
}
