/** One message as a floor reads it: by the scan of its envelope, its bytes kept, or taken apart and written anew. */

import { scanMessage } from '../../src/protocol/scan.ts';

export type ReadingMode = 'scan' | 'parse';

export interface FloorMessage {
  /** Undefined for a notification. */
  readonly id: number | string | undefined;
  /** Undefined for a response. */
  readonly method: string | undefined;
  readonly body: Buffer | string;
}

export const readers: Readonly<Record<ReadingMode, (bytes: Buffer) => FloorMessage>> = {
  scan: (body) => {
    const envelope = scanMessage(body);
    if (envelope === undefined) throw new Error(`No envelope in ${body.toString()}`);
    return { id: envelope.id, method: envelope.kind === 'response' ? undefined : envelope.method, body };
  },
  parse: (bytes) => {
    const message = JSON.parse(bytes.toString()) as Omit<FloorMessage, 'body'>;
    return { id: message.id, method: message.method, body: JSON.stringify(message) };
  },
};
