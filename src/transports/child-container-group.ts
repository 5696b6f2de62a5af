/**
 * The process group of a container's client together with the container: what kills the client kills the container too, and
 * so does the client's own end when it may have left the container running. Does not know the stop ladder.
 */
import spawn from 'cross-spawn';

import type { Clock, TimerHandle } from '../ports.ts';
import { errandStarted } from './child-roster.ts';
import type { ContainerRun } from './child-container.ts';
import type { ProcessGroup } from './child-process-group.ts';

export interface ContainerGroupOptions {
  readonly client: ProcessGroup;
  /** How the client ended. */
  readonly clientExit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** The client's own program, and what it was started with. */
  readonly command: string;
  readonly cwd: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly container: ContainerRun;
  readonly clock: Clock;
}

/** How long the command that kills a container may take. It has done its part when the engine has heard of it. */
const killerMsMax = 4000;

/** Is empty when the client's group is, and nothing is under way any more to kill the container. */
export function containerGroup(options: ContainerGroupOptions): ProcessGroup {
  const { client, clientExit, container } = options;
  let state: 'unknown' | 'being killed' | 'settled' = 'unknown';
  const kill = (): void => {
    if (state !== 'unknown') return;
    state = 'being killed';
    runKiller(options, () => (state = 'settled'));
  };
  void clientExit.then(({ code, signal }) => {
    // A client shows the code of its container when that has ended, and one of its own, never 0, when something went wrong. A
    // name that was in use already is such a case: then it is somebody else's container that has the name.
    if (signal !== null || (container.isNewName && code !== 0)) kill();
    else state = 'settled';
  });
  return {
    isEmpty: () => client.isEmpty() && state !== 'being killed',
    signal: (signal) => {
      // SIGTERM is passed on to the container by its client.
      client.signal(signal);
      if (signal === 'SIGKILL') kill();
    },
  };
}

function runKiller({ command, cwd, env, container, clock }: ContainerGroupOptions, onDone: () => void): void {
  let timer: TimerHandle;
  const done = (): void => {
    clock.clearTimeout(timer);
    onDone();
  };
  try {
    // It goes on when this very process ends.
    const options = { cwd, env, detached: true, windowsHide: true, stdio: 'ignore' } as const;
    const killer = spawn(command, [...container.killArgs], options);
    errandStarted(killer);
    timer = clock.setTimeout(() => killer.kill('SIGKILL'), killerMsMax);
    // A container that has ended already is refused; so is one that was never started.
    killer.once('exit', done).once('error', done).unref();
  } catch {
    onDone();
  }
}
