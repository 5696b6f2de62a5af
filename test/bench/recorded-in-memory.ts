/** A tape that goes nowhere: what it costs to put its lines together is left. Secrets are looked for, as the command does. */

import { LineBytes } from '../../src/record/line-bytes.ts';
import { Recorder } from '../../src/record/recorder.ts';
import { Redaction } from '../../src/redaction.ts';

/** As much as is gathered on the way to a disk when there is much to do. */
const gatheredBytesMax = 100_000;

export class RecordedInMemory {
  readonly tracer: Recorder;
  readonly #out = new LineBytes(2 * gatheredBytesMax);
  #bytes = 0;

  constructor() {
    const redaction = new Redaction();
    this.tracer = new Recorder({
      sink: { begin: () => this.#begin(), end: () => {} },
      hide: (message) => redaction.bytes(message),
      digest: () => '',
      bodyBytesMax: 1024 * 1024,
    });
  }

  /** Of all lines so far, those of the handshake among them. */
  bytesOfLine(): number {
    return (this.#bytes + this.#out.length) / this.tracer.lines;
  }

  #begin(): LineBytes {
    if (this.#out.length > gatheredBytesMax) {
      this.#bytes += this.#out.length;
      this.#out.cutTo(0);
    }
    return this.#out;
  }
}
