/**
 * A command that listens, kept from one play to the next, so that a play costs its conversation alone. It is started anew after a play
 * that has killed it, cut a connection off, or left anything in it that can be seen. What a play leaves behind unseen the next one may see,
 * and knows it by its marks: for what one has written oneself, and plays often. Decides when it is started; how is decided by real-target.ts.
 */

import type { RunningTarget, Stage, Target } from '../play/target.ts';
import type { RealTargetOptions } from './real-target-options.ts';
import { type Instance, realTarget, startInstance } from './real-target.ts';

export interface KeptTarget extends Target {
  /** How often the command was started. */
  readonly starts: () => number;
  /** Ends what is still kept. */
  end(): Promise<void>;
}

export function keptTarget(options: RealTargetOptions): KeptTarget {
  let kept: Instance | undefined;
  let starts = 0;
  let plays = 0;
  const instanceFor = async (stage: Stage): Promise<Instance> => {
    const known = kept;
    kept = undefined;
    if (known?.isClean === true) {
      known.begin(stage);
      return known;
    }
    await known?.stop();
    starts++;
    return startInstance(options, stage);
  };
  return {
    ...realTarget(options),
    starts: () => starts,
    playsBefore: () => plays,
    start: async (stage): Promise<RunningTarget> => {
      plays++;
      const instance = await instanceFor(stage);
      return {
        connect: (events, as) => instance.connect(events, as),
        kill: (which) => instance.kill(which),
        settle: () => instance.settle(),
        lastWords: () => instance.lastWords(),
        stop: () => {
          instance.rest();
          kept = instance;
          return Promise.resolve();
        },
      };
    },
    end: async () => {
      await kept?.stop();
      kept = undefined;
    },
  };
}
