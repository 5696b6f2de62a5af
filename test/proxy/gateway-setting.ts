/** A gateway in this process, in front of scripted servers, as a text says; and what a client on HTTP does there. */
import { onTestFinished } from 'vitest';
import { parseGateway } from '../../src/config/gateway-file.ts';
import type { GatewayConfig } from '../../src/config/gateway-config.ts';
import { type Gateway, openGateway } from '../../src/proxy/gateway.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { initialize } from '../../src/testing/messages.ts';
import { fixture } from '../e2e/program.ts';

export const server = (share = 'isolated'): string =>
  `{ command: ${process.execPath}, args: [${fixture('scripted-server.mjs')}], share: ${share} }`;

export function configOf(text: string, folder = '/'): GatewayConfig {
  const loaded = parseGateway(`version: 1\nlisten: 127.0.0.1:0\n${text}`, { environment: {}, folder });
  if ('mistakes' in loaded)
    throw new Error(loaded.mistakes.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return loaded.config;
}

export async function gatewayOf(text: string, folder?: string): Promise<Gateway> {
  const gateway = await openGateway({
    config: configOf(text, folder),
    clock: systemClock(),
    log: silentLog,
    onStderr: () => {},
    checksInvariants: true,
  });
  onTestFinished(async () => gateway.close());
  return gateway;
}

export interface Answer {
  readonly status: number;
  readonly sessionId: string | null;
  /** The last message of the body, be it JSON or events. */
  readonly message: Readonly<Record<string, unknown>> | undefined;
}

export async function post(url: string, message: object, more: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...more },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const last = isJson ? text : [...text.matchAll(/^data: (.+)$/gm)].at(-1)?.[1];
  return {
    status: response.status,
    sessionId: response.headers.get('mcp-session-id'),
    message: last === undefined ? undefined : (JSON.parse(last) as Answer['message']),
  };
}

/** Shakes hands; the header that names the session from then on. */
export async function open(url: string, more: Record<string, string> = {}): Promise<Record<string, string>> {
  const { sessionId, status } = await post(url, initialize('hello'), more);
  if (sessionId === null) throw new Error(`no session: HTTP ${status}`);
  return { ...more, 'Mcp-Session-Id': sessionId };
}
