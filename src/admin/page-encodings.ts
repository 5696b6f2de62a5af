/** In which of its packed forms a file of the page is sent: those that the build has left, as far as whoever asks can read them. */

export const encodings = { br: '.br', gzip: '.gz' } as const;

export type Encoding = keyof typeof encodings;

/** The shortest first. */
const inOrder: readonly Encoding[] = ['br', 'gzip'];

/**
 * As `Accept-Encoding` says it (RFC 9110, section 12.5.3); undefined: as it is. What is not named is not taken, whatever `*` says.
 * @param there the forms that the file has.
 */
export function encodingFor(
  accepted: string | undefined,
  there: (encoding: Encoding) => boolean,
): Encoding | undefined {
  const taken = new Set(
    (accepted ?? '')
      .toLowerCase()
      .split(',')
      .filter((item) => !/;\s*q=0(?:\.0*)?\s*$/.test(item))
      .map((item) => item.replace(/;.*$/s, '').trim()),
  );
  return inOrder.find((encoding) => taken.has(encoding) && there(encoding));
}
