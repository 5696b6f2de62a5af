/**
 * A tape that can be gone through forwards and backwards: what happened at each event, and its session as it was then. Goes backwards
 * by beginning again, which costs some microseconds an event.
 */

import type { SessionSnapshot } from '../session/snapshot.ts';
import { Rebuild } from './rebuild.ts';
import type { TapePart } from './tape-parts.ts';
import type { EventLine, TapeHeader } from './tape-format.ts';
import type { ReadLine, TapeProblem } from './tape-lines.ts';

/** One step: an event of a session, and what its session was after it. */
export interface TapeStep {
  /** Of the tape's events, from 1. */
  readonly step: number;
  /** Of the file. */
  readonly number: number;
  readonly line: EventLine;
  readonly body: string | undefined;
  readonly session: SessionSnapshot | undefined;
}

export interface LoadedTape {
  readonly header: TapeHeader;
  readonly lines: readonly ReadLine[];
  /** The tape ends here because of this. */
  readonly problem?: TapeProblem;
}

/** All of it is kept: longer tapes are for `tape check`, which keeps nothing. */
const charactersMax = 512 * 1024 * 1024;

export async function loadTape(parts: AsyncIterable<TapePart>): Promise<LoadedTape | TapeProblem> {
  const lines: ReadLine[] = [];
  let header: TapeHeader | undefined;
  let characters = 0;
  for await (const part of parts) {
    if (part.type === 'header') ({ header } = part);
    else if (part.type === 'line') {
      lines.push({ number: part.number, line: part.line, body: part.body });
      characters += (part.body?.length ?? 0) + 200;
      if (characters > charactersMax) return { line: part.number, problem: 'the tape is too long to be gone through' };
    } else if (part.type === 'problem') {
      const problem = { line: part.line, problem: part.problem };
      return header === undefined ? problem : { header, lines, problem };
    }
  }
  return header === undefined ? { line: 1, problem: 'this is no tape: the file is empty' } : { header, lines };
}

export class TapeTravel {
  readonly #lines: readonly ReadLine[];
  /** Where in `#lines` each step is. */
  readonly #steps: readonly number[];
  #rebuild = new Rebuild();
  /** Lines that were applied. */
  #applied = 0;

  /** @param session of this one alone, where it is given. */
  constructor({ lines }: Pick<LoadedTape, 'lines'>, session?: number) {
    this.#lines = lines;
    this.#steps = [...lines.keys()].filter((index) => {
      const { line } = lines[index]!;
      return 'to' in line && (session === undefined || line.session === session);
    });
  }

  /** How many steps there are. */
  get length(): number {
    return this.#steps.length;
  }

  /** @param step from 1 to `length`. @throws RangeError */
  at(step: number): TapeStep {
    const index = this.#steps[step - 1];
    const read = index === undefined ? undefined : this.#lines[index];
    if (index === undefined || read === undefined || !('to' in read.line)) {
      throw new RangeError(`There is no step ${step}: the tape has ${this.length}`);
    }
    this.#goTo(index + 1);
    const { number, line, body } = read;
    return { step, number, line, body, session: this.#rebuild.snapshot(line.session) };
  }

  /** What did not fit so far, up to the step that was asked for last. */
  get divergences(): Rebuild['divergences'] {
    return this.#rebuild.divergences;
  }

  #goTo(applied: number): void {
    if (applied < this.#applied) {
      this.#rebuild = new Rebuild();
      this.#applied = 0;
    }
    for (; this.#applied < applied; this.#applied++) this.#rebuild.apply(this.#lines[this.#applied]!);
  }
}
