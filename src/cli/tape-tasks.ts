/** Which part of the program does what is asked of a tape. Each is loaded when it is asked for, and not before. */

import { sayTo } from './program.ts';
import type { TapeRequest } from './tape.ts';
import { isColoured } from './terminal.ts';

/** The exit code. */
export async function doWithTape(
  request: TapeRequest,
  { stdin, stdout, stderr }: Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const [say, complain] = [sayTo(stdout), sayTo(stderr)];
  switch (request.do) {
    case 'open': {
      const { openTapeHere } = await import('./run-tape-open.ts');
      return openTapeHere(request, say);
    }
    case 'diff': {
      const { diffTapes } = await import('./run-tape-diff.ts');
      return diffTapes(request, say, complain, isColoured(stdout, environment));
    }
    case 'export': {
      const { exportTape } = await import('./run-tape-export.ts');
      return exportTape(request, say, complain);
    }
    case 'replay': {
      const { runTapeReplay } = await import('./run-tape-replay.ts');
      return runTapeReplay(request, say, complain);
    }
    case 'show': {
      const { showTape } = await import('./run-tape.ts');
      return showTape(request, say, complain);
    }
    case 'check': {
      const { checkTapes } = await import('./run-tape.ts');
      return checkTapes(request, say, complain);
    }
    case 'step': {
      const [{ stepTape }, { terminalKeys }] = await Promise.all([
        import('./run-tape.ts'),
        import('./terminal-keys.ts'),
      ]);
      return stepTape(request, say, complain, terminalKeys(stdin, stdout));
    }
  }
}
