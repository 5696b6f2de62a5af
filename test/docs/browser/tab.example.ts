/** The client in a tab, as the guide for browsers shows it. */

/** Why a request has no result. `code` is a name such as `REQUEST_TIMEOUT` where the session said so, and not the server. */
export class CallError extends Error {
  readonly code: unknown;

  constructor(message: string, code: unknown) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: CallError): void;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { readonly code?: string } };
}

export class TabClient {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #isOver = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.addEventListener('message', ({ data }: MessageEvent<Uint8Array | null>) => {
      if (data === null) this.#closed();
      else this.#heard(JSON.parse(new TextDecoder().decode(data)) as Answer);
    });
    port.start();
    addEventListener('pagehide', () => port.postMessage(null));
  }

  async ask(method: string, params: object = {}, signal?: AbortSignal): Promise<unknown> {
    if (this.#isOver) throw new CallError('The session is over', 'CLOSED');
    const id = ++this.#lastId;
    this.#say({ id, method, params });
    signal?.addEventListener('abort', () => this.tell('notifications/cancelled', { requestId: id }));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      signal?.addEventListener('abort', () => {
        this.#waiting.delete(id);
        reject(new CallError('The tab gave it up', 'CANCELLED'));
      });
    });
  }

  tell(method: string, params: object = {}): void {
    this.#say({ method, params });
  }

  #say(message: object): void {
    this.#port.postMessage(new TextEncoder().encode(JSON.stringify({ jsonrpc: '2.0', ...message })));
  }

  #heard({ id = 0, result, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new CallError(error.message, error.data?.code ?? error.code));
  }

  #closed(): void {
    this.#isOver = true;
    for (const waiting of this.#waiting.values()) waiting.reject(new CallError('The session is over', 'CLOSED'));
    this.#waiting.clear();
  }
}

/** A session of this tab's own with the server at `url`, ready for calls. */
export async function connect(url: string): Promise<TabClient> {
  const script = `session-worker.js?server=${encodeURIComponent(url)}`;
  const { port } = new SharedWorker(script, { type: 'module' });
  const client = new TabClient(port);
  await client.ask('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'tab', version: '1.0.0' },
  });
  client.tell('notifications/initialized');
  return client;
}
