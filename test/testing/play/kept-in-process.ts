/** Parts of targets in this process that keep something from one play to the next. */

import type { Link } from '../../../src/testing/in-process/link.ts';
import type { Target } from '../../../src/testing/play/target.ts';

export function relay(client: Link, server: Link): void {
  client.onmessage = (message) => void server.send(message);
  server.onmessage = (message) => void client.send(message);
  client.onclose = () => void server.close();
  server.onclose = () => void client.close();
}

/** Says, as a target that is kept, how many plays it has had. */
export function kept(target: Target): Target {
  let plays = 0;
  return {
    ...target,
    playsBefore: () => plays,
    start: (stage) => {
      plays++;
      return target.start(stage);
    },
  };
}
