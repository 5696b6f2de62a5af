/**
 * What is seen of a run of plays while it goes on: on a terminal a bar and the table of laws, drawn over itself; elsewhere a line now
 * and then, and one for each law as it breaks.
 */

import { verdictOf } from '../testing/report/verdict.ts';
import type { Progress } from '../testing/verify/explore.ts';
import { counted } from '../counted.ts';
import type { Output } from './run-sessions.ts';
import { isColoured } from './terminal.ts';
import { lawLine } from './verify-text.ts';

/** Redrawn, and told, not more often than so. */
const drawEveryMs = 100;
const tellEveryMs = 10_000;
const barCharacters = 30;

const clearLine = '\u001b[2K';
const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A`);

export class LiveTable {
  readonly #err: Output;
  readonly #runs: number;
  readonly #width: number;
  readonly #now: () => number;
  #linesDrawn = 0;
  #lastAt: number;
  readonly #told = new Set<string>();

  constructor(err: Output, runs: number, width: number, now: () => number = () => performance.now()) {
    this.#err = err;
    this.#runs = runs;
    this.#width = width;
    this.#now = now;
    this.#lastAt = -Infinity;
  }

  show(progress: Progress): void {
    if (this.#err.isTTY === true) this.#draw(progress);
    else this.#tell(progress);
  }

  /** Nothing of it is left on the terminal. */
  clear(): void {
    if (this.#linesDrawn === 0) return;
    this.#err.write(`${up(this.#linesDrawn)}\u001b[0J`);
    this.#linesDrawn = 0;
  }

  #draw({ runs, isShrinking, findings }: Progress): void {
    const now = this.#now();
    if (now - this.#lastAt < drawEveryMs) return;
    this.#lastAt = now;
    const share = Math.min(1, runs / this.#runs);
    const done = Math.round(share * barCharacters);
    const bar = `${'█'.repeat(done)}${'░'.repeat(barCharacters - done)}`;
    const what = isShrinking ? ', shortening what breaks a law' : '';
    const hasColours = isColoured(this.#err);
    const lines = [
      `${bar} ${runs} of ${counted(this.#runs, 'play')}${what}`.slice(0, this.#width - 1),
      ...findings.laws.map((finding) =>
        withinWidth(lawLine(finding, false), lawLine(finding, hasColours), this.#width),
      ),
    ];
    this.#err.write(`${up(this.#linesDrawn)}${lines.map((line) => `${clearLine}${line}\n`).join('')}`);
    this.#linesDrawn = lines.length;
  }

  #tell({ runs, findings }: Progress): void {
    for (const finding of findings.laws) {
      const { law, counterexample } = finding;
      if (counterexample === undefined || this.#told.has(law.id)) continue;
      this.#told.add(law.id);
      this.#err.write(`${verdictOf(finding)}: ${law.id}: ${counterexample.violation.text}\n`);
    }
    const now = this.#now();
    if (now - this.#lastAt < tellEveryMs) return;
    if (this.#lastAt !== -Infinity) this.#err.write(`${runs} of ${counted(this.#runs, 'play')}\n`);
    this.#lastAt = now;
  }
}

/** The coloured line where all of it fits, else as much of the plain one as does. */
function withinWidth(plain: string, coloured: string, width: number): string {
  return plain.length < width ? coloured : `${plain.slice(0, width - 2)}…`;
}
