/** Reads a body piece after piece, up to a limit. */

import type { Body } from '../../feed-messages.ts';

/** More than this nobody reads on a page. */
export const bodyCharactersMax = 16 * 1024 * 1024;

export interface WholeBody {
  readonly text: string;
  /** Of the whole body, of which `text` may be the beginning. */
  readonly characters: number;
  readonly headers: Body['headers'];
}

/**
 * Rejects as `readPiece` does; undefined when it was stopped.
 * @param onPiece is told after each piece how many characters of how many are there; false stops.
 */
export async function readWhole(
  readPiece: (from: number) => Promise<Body>,
  onPiece: (read: number, characters: number) => boolean,
  charactersMax: number = bodyCharactersMax,
): Promise<WholeBody | undefined> {
  const texts: string[] = [];
  let headers: Body['headers'];
  let from = 0;
  for (;;) {
    const piece = await readPiece(from);
    texts.push(piece.text);
    from += piece.text.length;
    headers ??= piece.headers;
    if (!onPiece(from, piece.characters)) return undefined;
    if (from >= piece.characters || from >= charactersMax || piece.text === '') {
      return { text: texts.join(''), characters: piece.characters, headers };
    }
  }
}
