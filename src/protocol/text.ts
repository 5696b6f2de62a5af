/**
 * Text and bytes: the two encoders that every JavaScript runtime has, declared here because this folder compiles without
 * platform types. Knows UTF-8 and nothing else.
 */

declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (
  label: 'utf-8',
  options: { readonly fatal?: boolean; readonly ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Below this many bytes a loop is faster than a call into the platform's decoder. */
const shortBytesMax = 12;

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Invalid UTF-8 becomes U+FFFD; a byte order mark stays a character, as `JSON.parse` wants to see it. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** As `decodeText`, for a stretch of the bytes; made for ids and method names, which are short. */
export function decodeSlice(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > shortBytesMax) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** The portable check; a platform with a faster one (`node:buffer` isUtf8) hands it in through `ReadLimits`. */
export function isValidUtf8(bytes: Uint8Array): boolean {
  try {
    strictDecoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
