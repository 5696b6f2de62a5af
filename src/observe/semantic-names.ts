/**
 * The words of OpenTelemetry's conventions for MCP that metrics and spans use, and the few values that each may have: a peer that
 * makes up methods, codes or revisions makes no time series with them. Knows nothing of instruments.
 *
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/mcp.md (status: development)
 */

import { errorTable } from '../errors.ts';
import { methodRow } from '../protocol/methods.ts';
import { revisionRow } from '../protocol/revisions.ts';
import type { TransportType } from '../session/interception.ts';
import type { Outcome } from '../session/outcomes.ts';

/** Names of attributes. */
export const attribute = {
  errorType: 'error.type',
  jsonRpcRequestId: 'jsonrpc.request.id',
  methodName: 'mcp.method.name',
  networkProtocolName: 'network.protocol.name',
  networkTransport: 'network.transport',
  operationName: 'gen_ai.operation.name',
  promptName: 'gen_ai.prompt.name',
  protocolVersion: 'mcp.protocol.version',
  resourceUri: 'mcp.resource.uri',
  sessionId: 'mcp.session.id',
  statusCode: 'rpc.response.status_code',
  toolName: 'gen_ai.tool.name',
} as const;

/** What stands for a value that is none of the known ones. */
export const other = '_OTHER';

/** Seconds: the bounds of the buckets that the conventions advise for their durations. */
export const durationBuckets: readonly number[] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

export function boundedMethod(method: string): string {
  return methodRow(method) === undefined ? other : method;
}

export function boundedVersion(version: string): string {
  return revisionRow(version) === undefined ? other : version;
}

/** Of JSON-RPC 2.0 (section 5.1), of MCP, and our own. */
const knownCodes: ReadonlySet<number> = new Set([
  -32700,
  -32600,
  -32601,
  -32602,
  -32603,
  // What SDKs say for a closed connection and for a request that timed out on their side.
  -32000,
  -32001,
  // Resource not found, and a URL that has to be visited first (2025-11-25).
  -32002,
  -32042,
  ...Object.values(errorTable).map(({ code }) => code),
]);

export function boundedCode(code: number): string {
  return knownCodes.has(code) ? String(code) : other;
}

/** The code of the error where the requester was told one, else how it ended. `undefined`: it did not fail. */
export function errorTypeOf(outcome: Outcome, code: number | undefined): string | undefined {
  if (outcome === 'result') return undefined;
  return code === undefined ? outcome : boundedCode(code);
}

/** The same with the code as it is: a span is no time series. */
export function spanErrorOf(outcome: Outcome, code: number | undefined): string | undefined {
  return outcome === 'result' ? undefined : String(code ?? outcome);
}

/** What a client is connected by, in the words of the conventions; nothing where no network is involved. */
export function networkAttributes(transport: TransportType): Readonly<Record<string, string>> {
  switch (transport) {
    case 'stdio':
      return { [attribute.networkTransport]: 'pipe' };
    case 'http':
    case 'sse':
      return { [attribute.networkTransport]: 'tcp', [attribute.networkProtocolName]: 'http' };
    case 'websocket':
      return { [attribute.networkTransport]: 'tcp', [attribute.networkProtocolName]: 'websocket' };
    case 'in-memory':
      return {};
  }
}
