/** The lines of a recorder as texts in a list, without their ends. */
import { decodeText } from '../../src/protocol/text.ts';
import { LineBytes } from '../../src/record/line-bytes.ts';
import type { LineSink } from '../../src/record/recorder.ts';

export class KeptLines implements LineSink {
  readonly texts: string[] = [];
  readonly #line = new LineBytes();
  readonly #keep: (text: string) => boolean;

  /** @param keep whether the line is wanted. */
  constructor(keep: (text: string) => boolean = () => true) {
    this.#keep = keep;
  }

  begin(): LineBytes {
    this.#line.cutTo(0);
    return this.#line;
  }

  end(): void {
    const text = decodeText(this.#line.written).slice(0, -1);
    if (this.#keep(text)) this.texts.push(text);
  }
}

/** Nothing is hidden. */
export const plain = (): undefined => undefined;
