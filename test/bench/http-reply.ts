/**
 * Reads the replies of an HTTP/1.1 server from the bytes of one connection, one after another and wherever they are cut: what a
 * light client needs of them and no more. It knows no trailers, no upgrades and no compression.
 */

export interface ReplyHead {
  readonly status: number;
  /** In lower case; empty when there is none. */
  readonly contentType: string;
  readonly sessionId: string | undefined;
}

export interface ReplyListener {
  readonly onHead: (head: ReplyHead) => void;
  /** A part of the body. It is a part of the chunk that it came in. */
  readonly onData: (data: Buffer) => void;
  readonly onEnd: () => void;
}

/** What comes next. A body without a length goes on until the connection ends. */
type Expected = 'head' | 'body' | 'chunk size' | 'chunk' | 'end of chunk' | 'end of chunks' | 'everything';

const nothing = Buffer.alloc(0);

export class ReplyReader {
  readonly #listener: ReplyListener;
  #expected: Expected = 'head';
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  /** What came and cannot be told yet. */
  #rest: Buffer = nothing;

  constructor(listener: ReplyListener) {
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = nothing;
    while (bytes.length > 0) {
      const taken = this.#take(bytes);
      if (taken === 0) {
        this.#rest = bytes;
        return;
      }
      bytes = bytes.subarray(taken);
    }
  }

  /** The connection has ended. True when a reply ended with it, or none was under way. */
  end(): boolean {
    if (this.#expected === 'everything') this.#done();
    return this.#expected === 'head' && this.#rest.length === 0;
  }

  /** How many bytes were taken; 0 when more are needed to tell what they are. */
  #take(bytes: Buffer): number {
    switch (this.#expected) {
      case 'head':
        return this.#takeHead(bytes);
      case 'body':
      case 'chunk':
        return this.#takeBody(bytes);
      case 'chunk size':
        return this.#takeChunkSize(bytes);
      case 'end of chunk':
      case 'end of chunks':
        return this.#takeLineEnd(bytes);
      case 'everything':
        this.#listener.onData(bytes);
        return bytes.length;
    }
  }

  #takeHead(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n');
    if (end === -1) return 0;
    const head = bytes.toString('latin1', 0, end + 2);
    const status = Number(head.slice(9, 12));
    // 100 Continue and its kin are no replies.
    if (status < 200) return end + 4;
    const contentType = valueOf(head, 'content-type')?.toLowerCase() ?? '';
    this.#listener.onHead({ status, contentType, sessionId: valueOf(head, 'mcp-session-id') });
    const length = valueOf(head, 'content-length');
    if (valueOf(head, 'transfer-encoding')?.toLowerCase() === 'chunked') this.#expected = 'chunk size';
    else if (length !== undefined) this.#left = Number(length);
    if (this.#expected === 'head') {
      if (length === undefined && status !== 204 && status !== 304) this.#expected = 'everything';
      else if (this.#left === 0) this.#done();
      else this.#expected = 'body';
    }
    return end + 4;
  }

  #takeBody(bytes: Buffer): number {
    const data = bytes.subarray(0, this.#left);
    this.#left -= data.length;
    this.#listener.onData(data);
    if (this.#left > 0) return data.length;
    if (this.#expected === 'chunk') this.#expected = 'end of chunk';
    else this.#done();
    return data.length;
  }

  #takeChunkSize(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n');
    if (end === -1) return 0;
    this.#left = Number.parseInt(bytes.toString('latin1', 0, end), 16);
    this.#expected = this.#left === 0 ? 'end of chunks' : 'chunk';
    return end + 2;
  }

  #takeLineEnd(bytes: Buffer): number {
    if (bytes.length < 2) return 0;
    if (this.#expected === 'end of chunks') this.#done();
    else this.#expected = 'chunk size';
    return 2;
  }

  #done(): void {
    this.#expected = 'head';
    this.#listener.onEnd();
  }
}

/** @param name in lower case. */
function valueOf(head: string, name: string): string | undefined {
  for (let at = head.indexOf('\r\n') + 2; at < head.length; at = head.indexOf('\r\n', at) + 2) {
    if (head[at + name.length] === ':' && head.slice(at, at + name.length).toLowerCase() === name) {
      return head.slice(at + name.length + 1, head.indexOf('\r\n', at)).trim();
    }
  }
  return undefined;
}

/** The last message of a body, whether the body is JSON or a stream of events. */
export function messageIn({ contentType }: ReplyHead, body: string): string {
  if (!contentType.startsWith('text/event-stream')) return body;
  const data = body.split(/\r?\n/).filter((line) => line.startsWith('data:') && line.length > 'data: '.length);
  return (data.at(-1) ?? '').slice('data:'.length).trimStart();
}
