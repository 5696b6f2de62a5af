/** What a session costs from its birth to its end, and what is left of it afterwards: nothing. */

import { benchRuntime, initializeResult, openServing } from './in-memory.ts';
import { type Bench, bytesAllocatedBy, bytesKept, cpuMicrosOf, inRounds, perRound, ratios, single } from './measure.ts';

const cyclesInAll = 100_000;
const warmUpCycles = 10_000;

export const sessions: Bench = {
  name: 'sessions',
  title: 'Opening and closing sessions',
  about: `One cycle opens a session in memory, passes \`initialize\`, its result and \`notifications/initialized\` through it, and
closes it, beside another session that stays. Processor time is that of the whole process, the collector's threads included, so the rate is what one core can
do. The yardstick is one JSON.parse and JSON.stringify of the 138 bytes of an \`initialize\` result, measured in the same rounds:
it says how fast the machine was, and the ratio holds on other machines too.`,

  async measure(options) {
    const runtime = benchRuntime();
    // A runtime that is never empty, as in a process that serves more than one client.
    openServing(runtime);
    const cycle = (): void => openServing(runtime).close();
    const message = Buffer.from(initializeResult).toString();
    const yardstick = (): void => void JSON.stringify(JSON.parse(message));
    const cycles = Math.ceil(cyclesInAll / options.rounds);

    cpuMicrosOf(cycle, warmUpCycles);
    cpuMicrosOf(yardstick, warmUpCycles);
    const before = bytesKept();
    const { life, parse } = await inRounds(options, {
      life: () => cpuMicrosOf(cycle, cycles),
      parse: () => cpuMicrosOf(yardstick, cycles),
    });
    const leak = (bytesKept() - before) / (cycles * options.rounds);
    const allocated = Array.from({ length: options.rounds }, () => bytesAllocatedBy(cycle, 25));
    await runtime.stop();
    return [
      perRound(
        'cycles per second of processor time',
        '1/s',
        life.map((micros) => 1e6 / micros),
        { least: 30_000 },
      ),
      perRound('processor time of a cycle', 'us', life),
      perRound('yardstick: parse and stringify', 'us', parse),
      perRound('a cycle in yardsticks', 'x', ratios(life, parse)),
      perRound('allocated in a cycle', 'B', allocated),
      single(`left of a cycle after ${cycles * options.rounds} of them`, 'B', leak, { most: 10 }),
    ];
  },
};
