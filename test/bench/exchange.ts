/** What the client of a hop and the echo server say to each other, as text: both sides build on it, byte for byte. */

export type Tool = 'echo' | 'delay' | 'burst';

/** How long a call of `delay` takes in the server. */
export const delayMs = 10;

/** What comes before the answer to a call of `burst`, and how often. */
export const burstNotifications = 1000;
export const burstNotification =
  '{"method":"notifications/message","params":{"level":"info","data":"row 1 of 1000 is done"},"jsonrpc":"2.0"}';

/** A line of so many characters is taken apart by its ends: it is not the server that is measured. */
export const longLineMin = 16_384;

/** A call, with `args` as JSON text. */
export function callOf(id: number, tool: Tool, args: string): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${tool}","arguments":${args}}}`;
}

/** The answer of the echo server; members in the order in which the SDKs write them. */
export function answerOf(id: number, args: string): string {
  return `{"result":{"content":${args}},"jsonrpc":"2.0","id":${id}}`;
}

/** The answer to a line that `callOf` made, without parsing it. */
export function answerTo(line: string): string {
  const id = line.slice(line.indexOf('"id":') + 5, line.indexOf(',"method"'));
  return answerOf(Number(id), line.slice(line.indexOf('"arguments":') + 12, -2));
}
