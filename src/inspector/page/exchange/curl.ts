/** A message as a command that sends it again, for a POSIX shell. */

import type { ProcessFacts } from '../../../observe/process-facts.ts';
import type { TracedEvent } from '../../feed-messages.ts';

export interface CurlOf {
  readonly url: string;
  readonly body: string;
  /** Sent as the header by which HTTP clients name their session. */
  readonly sessionId?: string | undefined;
  readonly protocolVersion?: string | undefined;
}

/** Where a client could send this event's frame again; undefined for a frame of the server, or where there is no address. */
export function curlTarget({ url }: ProcessFacts, { frame }: TracedEvent): string | undefined {
  const isSent = frame?.direction === 'client-to-server' && frame.hasBody;
  return isSent && url?.startsWith('http') === true ? url : undefined;
}

export function curlOf({ url, body, sessionId, protocolVersion }: CurlOf): string {
  const headers = [
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    ...(sessionId === undefined ? [] : [`Mcp-Session-Id: ${sessionId}`]),
    ...(protocolVersion === undefined ? [] : [`MCP-Protocol-Version: ${protocolVersion}`]),
  ];
  return [`curl ${quoted(url)}`, ...headers.map((header) => `-H ${quoted(header)}`), `--data-raw ${quoted(body)}`].join(
    ' \\\n  ',
  );
}

/** Nothing is special between single quotes but the end of them. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
