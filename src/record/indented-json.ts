/** JSON with line ends and spaces for people. Works on the text, so that numbers and strings stay as they were spelled. */

const openers = new Set(['{', '[']);
const closers = new Set(['}', ']']);

/** Deeper than this is not moved in further: the space would be more than the text. */
const depthShownMax = 50;

/** Strings, and what stands between them: no mark in a string means anything. */
const pieces = /"(?:[^"\\]|\\.)*"?|[^\s"{}[\],:]+|[{}[\],:]/g;

/** @param text JSON; of anything else, something is made that shows the same characters but for space. */
export function indentedJson(text: string): string {
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  const endLine = (): void => {
    lines.push(line);
    line = '  '.repeat(Math.min(depth, depthShownMax));
  };
  let before = '';
  for (const [piece] of text.matchAll(pieces)) {
    if (closers.has(piece)) {
      depth = Math.max(0, depth - 1);
      if (!openers.has(before)) endLine();
    } else if (openers.has(before)) endLine();
    line += piece === ':' ? ': ' : piece;
    if (openers.has(piece)) depth++;
    else if (piece === ',') endLine();
    before = piece;
  }
  return [...lines, line].join('\n');
}
