/**
 * Transports and servers of the official TypeScript SDKs (v1 and v2), as far as adapters touch them. Spelled out here, so that
 * neither SDK is needed to use the rest. Types only.
 */

interface Handlers {
  message(message: object, extra?: object): void;
}

/** What a `Client` or `Server` of an SDK is connected to. Every transport of both SDKs is one. */
export interface SdkTransport {
  start(): Promise<void>;
  /** `options` are the SDK's own: `relatedRequestId`, `resumptionToken`, `requestSignal` and others. */
  send(message: object, options?: object): Promise<void>;
  close(): Promise<void>;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  /** `extra` is the SDK's own: `authInfo`, `requestInfo` (v1), `request` (v2) and others. */
  onmessage?: Handlers['message'] | undefined;
  readonly sessionId?: string | undefined;
  /** v2: a request has a stream of its own, and is given up by its `requestSignal`. */
  readonly hasPerRequestStream?: boolean;
  setProtocolVersion?: ((version: string) => void) | undefined;
  setSupportedProtocolVersions?: ((versions: string[]) => void) | undefined;
}

/** A `Server` or `McpServer` of an SDK. */
export interface SdkServer {
  connect(transport: SdkTransport): Promise<void>;
  close(): Promise<void>;
}
