/** A connection on which each message is a line of a stream of bytes: pipes, and sockets that stand for pipes. */

import type { Readable, Writable } from 'node:stream';
import { LineFramer } from '../../protocol/lines.ts';
import { encodeText } from '../../protocol/text.ts';
import type { WireMessage } from '../play/history.ts';
import type { ConnectionEvents, Delivery, TargetConnection } from '../play/target.ts';
import { hear } from './hearing.ts';
import { Outflow } from './outflow.ts';
import type { Quiet } from './quiet.ts';

const lineBytesMax = 64 * 1024 * 1024;

export interface Streams {
  readonly input: Readable;
  readonly output: Writable;
  readonly quiet: Quiet;
  /** Ends both directions at once. */
  readonly cut: () => void;
}

export class StreamConnection implements TargetConnection {
  readonly #streams: Streams;
  readonly #outflow: Outflow;
  #isOver = false;

  constructor(streams: Streams) {
    this.#streams = streams;
    const { output } = streams;
    this.#outflow = new Outflow((bytes) => {
      if (output.writable) output.write(bytes);
    }, streams.quiet);
  }

  /** From here on what is said is told. */
  listen(events: ConnectionEvents): void {
    const { input, quiet } = this.#streams;
    const framer = new LineFramer({ lineBytesMax });
    const take = (line: Uint8Array): void => {
      if (!this.#isOver) hear(line, events);
    };
    const long = (): void => {
      if (!this.#isOver) events.unreadable('', `a line of more than ${lineBytesMax} bytes`);
    };
    input.on('data', (chunk: Uint8Array) => {
      quiet.heard();
      framer.push(chunk, take, long);
    });
    const ends = (): void => {
      if (this.#isOver) return;
      framer.end((rest) => events.unreadable(Buffer.from(rest).toString().slice(0, 200), 'the last line has no end'));
      this.#isOver = true;
      quiet.heard();
      events.closed();
    };
    input.once('end', ends).once('close', ends).resume();
  }

  send(message: WireMessage, _number: number, delivery?: Delivery): void {
    if (!this.#isOver) this.#outflow.deliver(encodeText(`${JSON.stringify(message)}\n`), delivery);
  }

  read(isReading: boolean): void {
    if (isReading) this.#streams.input.resume();
    else this.#streams.input.pause();
  }

  close(): void {
    this.#isOver = true;
    this.#streams.input.resume();
    this.#outflow.afterwards(() => this.#streams.output.end());
  }

  cut(): void {
    this.#isOver = true;
    this.#streams.cut();
  }
}
