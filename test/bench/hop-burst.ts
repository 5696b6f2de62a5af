/** What a frame costs that only passes: a server that writes very many notifications at once. */

import { burstNotification, burstNotifications } from './exchange.ts';
import type { Load } from './load.ts';
import { type Bench, perRound } from './measure.ts';
import { type Way, Ways } from './ways.ts';

/** What is run in one turn. */
const bursts: Load = { tool: 'burst', args: '{}', concurrency: 1, calls: 60 };
const turns = 10;
const ways: readonly Way[] = ['direct', 'pipe', 'lines', 'scan', 'json', 'ninelives'];

export const hopBurst: Bench = {
  name: 'hop-burst',
  title: 'Bursts of frames that only pass',
  about: `The server answers each call with ${burstNotifications} notifications of ${burstNotification.length} bytes and the answer, in one write. The processor
time is that of the proxy's process, for each frame that it forwards; the ways are those of the hop above.`,

  async measure(options) {
    return Ways.opened({ ways }, async (opened) => {
      const received = new Map<Way, number>();
      for (const way of ways) {
        received.set(way, 0);
        opened.get(way).onStray = (line) => {
          if (line !== burstNotification) throw new Error(`Not what was sent through ${way}: ${line}`);
          received.set(way, received.get(way)! + 1);
        };
      }
      await opened.warmUp(bursts);
      const runs = await opened.run(options, bursts, turns);
      const sent = (1 + options.rounds * turns) * bursts.calls * burstNotifications;
      for (const [way, count] of received) {
        if (count !== sent) throw new Error(`Of ${sent} notifications ${count} came through ${way}`);
      }
      const frames = burstNotifications + 1;
      const proxies = ways.filter((way) => way !== 'direct');
      return [
        ...proxies.map((way) => perRound(`processor time of a frame, ${way}`, 'us', runs.cpuMicros(way, frames))),
        perRound('ninelives, by lines', 'x', runs.cpuBy('ninelives', 'lines'), { most: 1 }),
        perRound('ninelives, by scan', 'x', runs.cpuBy('ninelives', 'scan')),
        perRound('ninelives, by json', 'x', runs.cpuBy('ninelives', 'json')),
        runs.leastCpu('least processor time of a run', ['lines', 'scan', 'json', 'ninelives']),
      ];
    });
  },
};
