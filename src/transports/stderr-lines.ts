/**
 * A server's stderr as lines that are safe to show to people and to write into a log: bounded in length, without control
 * characters, and the last few kept for the report of its end. Does not know secrets, levels or where the lines go.
 */

export interface StderrLinesOptions {
  /** Bytes of one line that are kept; what is longer is cut and the cut is said. Default 4096. */
  readonly lineBytesMax?: number;
  /** How many of the latest lines `last()` gives. Default 20. */
  readonly keptLinesMax?: number;
  /** Called for every line that is not blank, in order. */
  readonly onLine: (line: string) => void;
}

const newline = 0x0a;

/** Splits the bytes of a stderr stream into lines. Call `end` when the stream ends: the last line may lack its newline. */
export class StderrLines {
  private readonly lineBytesMax: number;
  private readonly keptLinesMax: number;
  private readonly onLine: (line: string) => void;
  private readonly kept: string[] = [];
  private parts: Uint8Array[] = [];
  private heldBytes = 0;
  private cutBytes = 0;

  constructor(options: StderrLinesOptions) {
    this.lineBytesMax = options.lineBytesMax ?? 4096;
    this.keptLinesMax = options.keptLinesMax ?? 20;
    this.onLine = options.onLine;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.hold(chunk.subarray(start, end));
      this.emit();
      start = end + 1;
    }
    this.hold(chunk.subarray(start));
  }

  end(): void {
    this.emit();
  }

  /** The latest lines, oldest first. */
  last(): readonly string[] {
    return [...this.kept];
  }

  private hold(part: Uint8Array): void {
    const room = this.lineBytesMax - this.heldBytes;
    const kept = part.length > room ? part.subarray(0, room) : part;
    this.cutBytes += part.length - kept.length;
    if (kept.length === 0) return;
    this.parts.push(kept);
    this.heldBytes += kept.length;
  }

  private emit(): void {
    const bytes = Buffer.concat(this.parts, this.heldBytes);
    const cut = this.cutBytes;
    this.parts = [];
    this.heldBytes = 0;
    this.cutBytes = 0;

    // Asked to expect more, the decoder drops a character that the cut went through instead of showing a broken one.
    const text = harmless(new TextDecoder().decode(bytes, { stream: cut > 0 }).trimEnd());
    if (text === '' && cut === 0) return;
    const line = cut === 0 ? text : `${text} [${cut} bytes cut]`;
    if (this.keptLinesMax > 0 && this.kept.push(line) > this.keptLinesMax) this.kept.shift();
    this.onLine(line);
  }
}

/**
 * Makes control characters visible: a terminal obeys escape sequences, a log file is forged with line separators, and a
 * reader is fooled by changes of writing direction. Tabs stay.
 */
function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (character) => {
    const code = character.charCodeAt(0);
    if (character === '\t') return character;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
