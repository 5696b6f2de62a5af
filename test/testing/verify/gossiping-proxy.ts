/** A proxy in this process, in real time, that tells the first client of a play what clients of earlier plays were answered. */

import { inProcessTarget } from '../../../src/testing/in-process/target.ts';
import type { WireMessage } from '../../../src/testing/play/history.ts';
import type { Target } from '../../../src/testing/play/target.ts';
import { kept, relay } from '../play/kept-in-process.ts';

export function gossipingProxy(): Target {
  const heard: WireMessage[] = [];
  const target = inProcessTarget('proxy', ({ openServer }) => {
    const gossip = heard.splice(0);
    return {
      accept: (client) => {
        const server = openServer();
        relay(client, server);
        for (const one of gossip.splice(0)) void client.send(one);
        const pass = server.onmessage;
        server.onmessage = (message) => {
          if (message.result !== undefined) heard.push(message);
          pass?.(message);
        };
      },
    };
  });
  return { ...kept(target), isVirtual: false };
}
