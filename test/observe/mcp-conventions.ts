/**
 * What the conventions for MCP say of the metrics and spans that we make, as far as it was checked: names, units, buckets and
 * attributes, with how much each is asked for. From model/mcp/metrics.yaml, model/mcp/common.yaml and docs/gen-ai/mcp.md of
 * https://github.com/open-telemetry/semantic-conventions-genai (development, November 2026), which continues those of
 * https://github.com/open-telemetry/semantic-conventions up to v1.41.
 */

const operation = [
  'error.type',
  'gen_ai.operation.name',
  'gen_ai.prompt.name',
  'gen_ai.tool.name',
  'jsonrpc.protocol.version',
  'mcp.method.name',
  'mcp.protocol.version',
  'mcp.resource.uri',
  'network.protocol.name',
  'network.protocol.version',
  'network.transport',
  'rpc.response.status_code',
] as const;
const session = [
  'error.type',
  'jsonrpc.protocol.version',
  'mcp.protocol.version',
  'network.protocol.name',
  'network.protocol.version',
  'network.transport',
] as const;
const serverPlace = ['server.address', 'server.port'] as const;

export const conventionalMetrics = [
  {
    name: 'mcp.client.operation.duration',
    unit: 's',
    instrument: 'histogram',
    attributes: [...operation, ...serverPlace],
  },
  { name: 'mcp.server.operation.duration', unit: 's', instrument: 'histogram', attributes: operation },
  { name: 'mcp.client.session.duration', unit: 's', instrument: 'histogram', attributes: [...session, ...serverPlace] },
  { name: 'mcp.server.session.duration', unit: 's', instrument: 'histogram', attributes: session },
] as const;

/** Of a span of either kind; `required` wherever the span is about a request. */
export const conventionalSpanAttributes = [...operation, 'jsonrpc.request.id', 'mcp.session.id'] as const;

export const requiredAttribute = 'mcp.method.name';

/** Seconds: the bounds of the buckets that are advised for the four durations. */
export const conventionalBuckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] as const;

/** What `network.transport` may say. */
export const conventionalTransports = ['pipe', 'quic', 'tcp', 'udp', 'unix'] as const;
