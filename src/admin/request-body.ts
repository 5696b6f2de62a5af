/** The body of a request: its text, as far as it may be long, and the JSON in it. Decides nothing about what it says. */

import type { IncomingMessage } from 'node:http';

/** Undefined where it is longer. Of one that breaks off nothing is heard: nobody is there to be answered. */
export async function textOf(request: IncomingMessage, bytesMax: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString()));
  });
}

export const notJson = Symbol('no JSON');

/** Undefined where there is no body. */
export function jsonIn(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return notJson;
  }
}
