/**
 * Tapes under stress: `npm run soak:tapes -- [--kills N] [--frames N] [--seed S]`. Kills proxies while they record, and records so many
 * frames in one process. Exits with 1 when a tape was not what it has to be, or memory grew.
 */

import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { killAll } from './conversation.ts';
import { killWhileRecording } from './killed-tapes.ts';
import { Chance } from './random.ts';
import { recordFrames } from './recorded-frames.ts';
import { heapVerdict } from './verdict.ts';
import { wholeNumber } from './whole-number.ts';

interface Options {
  readonly kills: number;
  readonly frames: number;
  readonly seed: number | undefined;
}

const {
  kills,
  frames,
  seed = randomInt(2 ** 31),
} = new Command('npm run soak:tapes --')
  .description('Kills proxies while they record, and records many frames in one process.')
  .option('--kills <n>', 'so many proxies are killed', wholeNumber, 200)
  .option('--frames <n>', 'so many frames are recorded', wholeNumber, 1_000_000)
  .option('--seed <n>', 'repeat the choices of an earlier run', wholeNumber)
  .parse()
  .opts<Options>();

let violations = 0;
const violation = (law: string, details: string): void => {
  violations += 1;
  console.log(`VIOLATED: ${law}: ${details}`);
};
const folder = mkdtempSync(join(tmpdir(), 'ninelives-soak-tapes-'));
process.once('exit', () => {
  killAll();
  rmSync(folder, { recursive: true, force: true });
});

console.log(`soak of tapes, seed ${seed}`);
if (kills > 0) {
  const mark = `${seed}.${process.pid}.tapes.`;
  const killed = await killWhileRecording({ folder, kills, chance: new Chance(seed, 'tapes'), mark, violation });
  console.log(
    `${killed.kills} proxies killed: every tape was read; the last line of ${killed.cutOff} was cut off; of ${killed.answered} answers ` +
      `${killed.lost} are on no tape, ${killed.lostMost} at most of one`,
  );
}
if (frames > 0) {
  const recorded = await recordFrames(frames, folder);
  const { growthBytes, allowedBytes, isLeak } = heapVerdict(recorded.samples);
  const sizes = recorded.samples.map(({ rssBytes }) => rssBytes);
  console.log(
    `${recorded.frames} frames recorded, ${recorded.dropped} dropped: the heap grew by ${kib(growthBytes)} KiB over the last half ` +
      `(allowed: ${kib(allowedBytes)} KiB); resident ${kib(sizes[0] ?? 0)} KiB at first, ${kib(Math.max(...sizes))} KiB at most, ` +
      `${kib(sizes.at(-1) ?? 0)} KiB at last`,
  );
  if (isLeak) violation('memory stays where it is', `the heap grew by ${kib(growthBytes)} KiB`);
}
console.log(violations === 0 ? 'every law held' : `${violations} violations`);
process.exit(violations === 0 ? 0 : 1);

function kib(bytes: number): string {
  return String(Math.round(bytes / 1024));
}
