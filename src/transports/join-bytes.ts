/** Slices that go on as one piece. */

/** Node's own way takes short pieces out of memory that it holds ready; other platforms have none. */
const platformsOwn: ((parts: readonly Uint8Array[]) => Uint8Array) | undefined =
  typeof Buffer === 'undefined' ? undefined : (parts) => Buffer.concat(parts);

/** A copy: it keeps none of the memory that its parts came in. */
export const joinBytes = platformsOwn ?? copyTogether;

export function copyTogether(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
