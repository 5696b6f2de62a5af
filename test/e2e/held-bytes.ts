/** What a program holds that was started with test/fixtures/tells-held-bytes.mjs. */

import type { Program } from './program.ts';

/** The memory of a buffer goes with the collection after the one that found it unused. */
const collections = 3;

/** What it cannot do without, in bytes: its heap and its buffers, after what can be collected was collected. */
export async function heldBytes(program: Program): Promise<number> {
  const told = () => program.log().filter((line) => line['message'] === 'held');
  let least = Infinity;
  for (let asked = 0; asked < collections; asked += 1) {
    const before = told().length;
    program.signal('SIGUSR2');
    least = Math.min(
      least,
      await program.until(() => told()[before]?.['bytes'] as number | undefined, 'what it holds'),
    );
  }
  return least;
}
