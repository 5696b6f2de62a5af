/** What reading makes of many texts, as one text for each: to be compared between platforms. */

import { readMessage } from '../../../src/core.ts';

export function scanReport(texts: readonly string[]): readonly string[] {
  const encoder = new TextEncoder();
  return texts.map((text) => JSON.stringify(verdictOn(encoder.encode(text))));
}

/** Bytes are given as numbers, so that what is no UTF-8 can be among them. */
export function byteReport(messages: readonly (readonly number[])[]): readonly string[] {
  return messages.map((bytes) => JSON.stringify(verdictOn(Uint8Array.from(bytes))));
}

function verdictOn(bytes: Uint8Array): unknown {
  const read = readMessage(bytes);
  return 'fault' in read ? read : read.envelope;
}
