/** A collector: takes OTLP over HTTP in JSON, as https://opentelemetry.io/docs/specs/otlp/ has it, and says what it was sent. */
import { once } from 'node:events';
import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface OtlpSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly Attribute[];
}

interface TracesRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly OtlpSpan[] }[];
  }[];
}

export const spanKinds = { internal: 1, server: 2, client: 3 } as const;

export function attributesOf({
  attributes,
}: {
  readonly attributes: readonly Attribute[];
}): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

export async function otlpReceiver(status = 200) {
  const requests: { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: TracesRequest }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
      const body = JSON.parse(text.toString()) as TracesRequest;
      requests.push({ url: request.url ?? '', headers: request.headers, body });
      response.writeHead(status, { 'Content-Type': 'application/json' }).end('{}');
      server.emit('traces');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const spans = (): readonly OtlpSpan[] =>
    requests.flatMap(({ body }) =>
      body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    spans,
    /** Resolves when it has been sent such a span. */
    until: async (isIt: (span: OtlpSpan) => boolean): Promise<OtlpSpan> => {
      for (;;) {
        const found = spans().find(isIt);
        if (found !== undefined) return found;
        await once(server, 'traces');
      }
    },
  };
}
