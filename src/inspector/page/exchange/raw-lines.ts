/** A text as it came, in rows that fit beside each other: broken where it has a line break, and where a row is full. */

export interface RawLines {
  readonly text: string;
  /** Where each row begins; one more for the end. */
  readonly starts: readonly number[];
}

export function rawLines(text: string, charactersMax: number): RawLines {
  const starts: number[] = [];
  for (let at = 0; at < text.length;) {
    starts.push(at);
    const limit = at + charactersMax;
    const broken = text.indexOf('\n', at);
    if (broken >= 0 && broken < limit) at = broken + 1;
    // A pair of surrogates is one character.
    else at = isLead(text.charCodeAt(limit - 1)) ? limit + 1 : limit;
  }
  starts.push(text.length);
  return { text, starts };
}

export function rawLine({ text, starts }: RawLines, row: number): string {
  return text.slice(starts[row], starts[row + 1]).replace(/\r?\n$/, '');
}

function isLead(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
