/** What the clients of a hop and the echo servers say to each other, as text: both sides build on it, byte for byte. */

export type Tool = 'echo' | 'delay' | 'burst';

/** How long a call of `delay` takes in the server. */
export const delayMs = 10;

/** What comes before the answer to a call of `burst`, and how often. */
export const burstNotifications = 1000;
export const burstNotification =
  '{"method":"notifications/message","params":{"level":"info","data":"row 1 of 1000 is done"},"jsonrpc":"2.0"}';

export const handshake = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1.0.0' } },
});
export const initialized = '{"jsonrpc":"2.0","method":"notifications/initialized"}';

/** The result of `initialize`; the server's process can be told by its version. */
export const agreement = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'echo', version: String(process.pid) },
};

let ids = 0;

/** An id that no other call of this process has. */
export function nextId(): number {
  ids += 1;
  return ids;
}

/** A call, with `args` as JSON text. */
export function callOf(id: number, tool: Tool, args: string): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${tool}","arguments":${args}}}`;
}

/** The answer of an echo server, whose result is what it was given; members in the order in which the SDKs write them. */
export function answerOf(id: number, args: string): string {
  return `{"result":${args},"jsonrpc":"2.0","id":${id}}`;
}

/** From so many characters on a call is taken apart by its ends: it is not the server that is measured. */
const longMin = 16_384;
const beginning = /^\{"jsonrpc":"2\.0","id":(\d+),"method":"tools\/call","params":\{"name":"\w+","arguments":/;
/** Longer than what stands before the arguments, and than what a proxy may have added after them. */
const endsCharacters = 200;

/** The answer to a long line that is as `callOf` made it, without parsing it. Undefined for any other. */
export function answerTo(line: string): string | undefined {
  if (line.length < longMin || line.slice(-endsCharacters).includes('"_meta"')) return undefined;
  const [head = '', id] = beginning.exec(line.slice(0, endsCharacters)) ?? [];
  return id === undefined ? undefined : answerOf(Number(id), line.slice(head.length, -2));
}

/** Arguments that are also the result of a tool, so that proxies which check messages against their schema let both pass. */
export function contentOf(text: string): string {
  return JSON.stringify({ content: [{ type: 'text', text }] });
}

/** So many bytes of text as tools send it: lines of source code, whose quotes and line feeds JSON escapes. */
export function sourceText(bytes: number): string {
  const line = `  if (name === "value") return [first, second];\n`;
  return line.repeat(Math.ceil(bytes / (JSON.stringify(line).length - 2)));
}

/** The answer as the server wrote it, out of what a proxy made of it that takes messages apart and orders their members anew. */
export function asWritten(answer: string): string {
  const { id, result } = JSON.parse(answer) as { readonly id: number; readonly result?: { readonly content: unknown } };
  return answerOf(id, JSON.stringify({ content: result?.content }));
}
